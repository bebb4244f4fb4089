// The word after a change can be put away. Nothing disappears by itself: people read at their own pace.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-dismiss]");
  if (button) button.parentElement.remove();
});
for (const button of document.querySelectorAll("[data-dismiss]")) button.hidden = false;
