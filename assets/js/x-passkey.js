// Registers a passkey or signs in with one. The server gives the options and checks the answer; here they
// are only carried between it and the browser.
class Passkey extends HTMLElement {
  connectedCallback() {
    this.button = this.querySelector("button");
    this.error = this.querySelector(".error");
    if (!this.button || !window.PublicKeyCredential) return;
    this.button.hidden = false;
    this.button.addEventListener("click", () => this.run());
  }

  async run() {
    this.button.disabled = true;
    this.error.hidden = true;
    try {
      const options = await this.post(this.dataset.optionsUrl, {});
      const credential = await this.ask(options.publicKey ?? options);
      const answer = await this.post(this.dataset.finishUrl, credential);
      location.assign(this.sameSite(answer.next));
    } catch (error) {
      // The reader closed the browser's own dialog: that needs no reproach.
      if (error.name !== "NotAllowedError") this.complain(error.message);
    } finally {
      this.button.disabled = false;
    }
  }

  /** Options with a relying party's user register; all others sign in. */
  async ask(options) {
    const isNew = "user" in options;
    const publicKey = isNew
      ? PublicKeyCredential.parseCreationOptionsFromJSON(options)
      : PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const credential = isNew
      ? await navigator.credentials.create({ publicKey })
      : await navigator.credentials.get({ publicKey });
    return credential.toJSON();
  }

  async post(url, body) {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "x-csrf": this.dataset.csrf },
      body: JSON.stringify(body),
    });
    const said = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Error(said.detail ?? "");
    return said;
  }

  /** Only an address of this site: an answer must not lead elsewhere. */
  sameSite(next) {
    const url = new URL(next ?? location.href, location.href);
    return url.origin === location.origin ? url.href : location.href;
  }

  complain(words) {
    this.error.textContent = words || this.dataset.failed;
    this.error.hidden = false;
  }
}
customElements.define("x-passkey", Passkey);
