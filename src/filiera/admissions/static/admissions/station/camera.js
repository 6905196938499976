// Reading codes with the camera: by the browser where it can, else by jsQR, which is fetched only then.

const EVERY_MS = 150;
const SAME_AGAIN_MS = 3000;

export class Camera {
  constructor({ video, jsqr, onCode, onLost }) {
    Object.assign(this, { video, jsqr, onCode, onLost, stream: null, seen: "", seenAt: 0 });
  }

  get isOn() { return this.stream !== null; }

  async start() {
    this.read = await this.reader();
    this.stream = await navigator.mediaDevices.getUserMedia({
      video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } }, audio: false,
    });
    this.stream.getVideoTracks().forEach((track) => track.addEventListener("ended", () => this.lose()));
    this.video.srcObject = this.stream;
    await this.video.play();
    this.look();
  }

  stop() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
    clearTimeout(this.timer);
  }

  lose() {
    if (!this.isOn) return;
    this.stop();
    this.onLost();
  }

  async reader() {
    if ("BarcodeDetector" in window) {
      try {
        if ((await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
          const detector = new BarcodeDetector({ formats: ["qr_code"] });
          return async (video) => (await detector.detect(video))[0]?.rawValue ?? "";
        }
      } catch { /* Some browsers have the name and no detector behind it. */ }
    }
    await this.fetchReader();
    const canvas = document.createElement("canvas");
    const surface = canvas.getContext("2d", { willReadFrequently: true });
    return async (video) => {
      const shrink = Math.min(1, 640 / video.videoWidth);
      canvas.width = Math.round(video.videoWidth * shrink);
      canvas.height = Math.round(video.videoHeight * shrink);
      surface.drawImage(video, 0, 0, canvas.width, canvas.height);
      const { data, width, height } = surface.getImageData(0, 0, canvas.width, canvas.height);
      return window.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? "";
    };
  }

  fetchReader() {
    if (window.jsQR) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = this.jsqr;
      script.onload = resolve;
      script.onerror = () => reject(new Error("the reader could not be fetched"));
      document.head.append(script);
    });
  }

  look() {
    this.timer = setTimeout(async () => {
      if (!this.isOn) return;
      if (this.video.readyState >= 2 && this.video.videoWidth) await this.lookOnce();
      this.look();
    }, EVERY_MS);
  }

  async lookOnce() {
    let code = "";
    try { code = await this.read(this.video); } catch { return; }
    const now = Date.now();
    if (!code || (code === this.seen && now - this.seenAt < SAME_AGAIN_MS)) {
      if (code) this.seenAt = now;
      return;
    }
    this.seen = code;
    this.seenAt = now;
    this.onCode(code);
  }
}
