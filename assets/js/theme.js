// Light, dark, or as the system says: one button that goes round. Without scripts the system decides.
{
  const root = document.documentElement;
  const isDark = () =>
    root.dataset.scheme ? root.dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const flip = () => {
    const wanted = isDark() ? "light" : "dark";
    const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    // Choosing what the system says anyway means: follow the system again.
    if (wanted === system) {
      delete root.dataset.scheme;
      localStorage.removeItem("scheme");
    } else {
      root.dataset.scheme = wanted;
      localStorage.setItem("scheme", wanted);
    }
    document.dispatchEvent(new CustomEvent("scheme"));
  };

  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.hidden = false;
    button.addEventListener("click", flip);
  }
}
