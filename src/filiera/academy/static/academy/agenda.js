// Stars act at once; without script each is a button of the form that leads back to the page.

const form = document.getElementById("stars");
document.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (event.target !== form || !button?.matches(".star")) return;
  event.preventDefault();
  const sent = new FormData(form, button);
  try {
    const answer = await fetch(button.formAction, {
      method: "POST",
      body: sent,
      headers: { "HX-Request": "true" },
      redirect: "error",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const model = document.createElement("template");
    model.innerHTML = await answer.text();
    const fresh = model.content.firstElementChild;
    button.replaceWith(fresh);
    fresh.focus();
  } catch {
    const words = document.getElementById("toasts")?.dataset.refused ?? "";
    document.dispatchEvent(new CustomEvent("filiera:say", { detail: { words, tone: "error" } }));
  }
});
