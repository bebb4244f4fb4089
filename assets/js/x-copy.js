// Copies the field inside it and says so. Where the clipboard is out of reach it selects the text instead.
class Copy extends HTMLElement {
  connectedCallback() {
    const field = this.querySelector("input");
    const button = this.querySelector("button");
    const words = button?.querySelector("span");
    if (!field || !words) return;
    button.hidden = false;
    // A live page that is drawn anew hides it again, as the server sent it.
    new MutationObserver(() => (button.hidden = false)).observe(button, { attributeFilter: ["hidden"] });
    const before = words.textContent;
    button.addEventListener("click", async () => {
      field.select();
      try {
        await navigator.clipboard.writeText(field.value);
      } catch {
        return; // Selected: the reader's own keys do the rest.
      }
      words.textContent = this.dataset.done ?? before;
      clearTimeout(this.back);
      this.back = setTimeout(() => (words.textContent = before), 2000);
    });
  }
}
customElements.define("x-copy", Copy);
