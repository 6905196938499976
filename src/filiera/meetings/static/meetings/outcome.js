// The answer was chosen in the mail: send it, so that one click is enough. Without script the button stays.
const form = document.querySelector("form[data-sends-itself]");
if (form && document.visibilityState !== "prerender") form.requestSubmit();
