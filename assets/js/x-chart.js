// A time series with zoom, drawn by uPlot, which is fetched only when such a chart comes into sight.
// Until then, and without scripts, the server's own picture stays.
class Chart extends HTMLElement {
  static library;

  connectedCallback() {
    this.watcher = new IntersectionObserver(([entry]) => entry.isIntersecting && this.begin());
    this.watcher.observe(this);
    this.onScheme = () => this.draw();
    document.addEventListener("scheme", this.onScheme);
  }

  disconnectedCallback() {
    this.watcher.disconnect();
    this.sizes?.disconnect();
    document.removeEventListener("scheme", this.onScheme);
    this.plot?.destroy();
    this.plot = null;
  }

  static fetchLibrary() {
    const meta = document.querySelector("meta[name=uplot]");
    if (!meta) return Promise.reject(new Error("this page names no chart library"));
    Chart.library ??= new Promise((done, failed) => {
      const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: meta.dataset.css });
      const script = Object.assign(document.createElement("script"), { src: meta.content, onload: done, onerror: failed });
      document.head.append(sheet, script);
    });
    return Chart.library;
  }

  async begin() {
    this.watcher.disconnect();
    try {
      const [answer] = await Promise.all([fetch(this.dataset.url), Chart.fetchLibrary()]);
      if (!answer.ok) return;
      this.series = await answer.json();
    } catch {
      return; // The server's picture stays.
    }
    this.replaceChildren();
    this.sizes = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.sizes.observe(this);
    this.draw();
  }

  size() {
    return { width: this.clientWidth, height: 220 };
  }

  /** A token as the colour it is now: canvas does not know custom properties. */
  colour(token) {
    const probe = document.createElement("canvas").getContext("2d");
    const holder = this.appendChild(document.createElement("i"));
    holder.className = `ink-of-${token}`;
    probe.fillStyle = getComputedStyle(holder).color;
    holder.remove();
    return probe.fillStyle;
  }

  draw() {
    if (!this.series) return;
    this.plot?.destroy();
    const names = this.dataset.names.split("\u001f");
    const [ink, line, ...dyes] = ["faint", "line", "accent", "good", "highlight", "info"].map((t) => this.colour(t));
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    const lines = names.map((label, n) => ({ label, stroke: dyes[n % dyes.length], width: 2, points: { show: false } }));
    this.plot = new uPlot({ ...this.size(), axes: [axis, axis], series: [{}, ...lines] }, this.series, this);
    this.setAttribute("role", "img");
    this.setAttribute("aria-label", this.dataset.label);
  }
}
customElements.define("x-chart", Chart);
