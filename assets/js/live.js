// htmx starts by itself, and may do so before its extension for event streams has arrived. Whatever was
// passed over then is connected once everything is there; htmx marks what it has seen. The pause lets its
// own start come first: asked twice at once, it would open two streams.
addEventListener("load", () => {
  setTimeout(() => {
    for (const stream of document.querySelectorAll("[hx-sse\\:connect]:not([data-htmx-powered])")) {
      window.htmx?.process(stream);
    }
  }, 100);
});
