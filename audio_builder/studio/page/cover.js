/** The picture of an episode or a show: drawn in a colour with a motif, or one of one's own. */

import { ask } from "./net.js";
import { make, named, t } from "./words.js";

const MOTIFS = ["horizon", "hills", "waves", "rings"];

/**
 * Args: its address; what is set (`cover`, `cover_colour`, `cover_motif`); `set(name, value)` for how it is drawn; and
 * `taken(answer)` for another picture. Both may return a promise.
 */
export function coverPanel(address, settings, set, taken) {
  const image = make("img", { class: "cover", alt: t("cover"), width: "220", height: "220" });
  const show = () => (image.src = `${address}?${Date.now()}`);
  const drawn = async (name, value) => {
    await set(name, value);
    show();
  };
  const picker = make("input", { type: "file", accept: "image/jpeg,image/png", "aria-label": t("cover.choose"), onchange: async (event) => taken(() => ask("PUT", address, event.target.files[0])) });
  const colour = make("input", { type: "color", value: settings.cover_colour || "#2a4d5c", onchange: (event) => drawn("cover_colour", event.target.value) });
  const motif = make("select", { onchange: (event) => drawn("cover_motif", event.target.value) },
    ...MOTIFS.map((name) => make("option", { value: name, selected: name === settings.cover_motif }, named("motif", name))));
  const how = settings.cover
    ? [make("button", { type: "button", onclick: () => taken(() => ask("DELETE", address)) }, t("cover.drawn"))]
    : [make("label", { class: "field" }, make("span", {}, t("show.colour")), colour), make("label", { class: "field" }, make("span", {}, t("cover.motif")), motif)];
  const panel = make("details", { class: "picture-panel" }, make("summary", {}, t("cover")),
    make("div", { class: "row" }, image, make("div", {}, ...how, make("label", { class: "field" }, make("span", {}, t("cover.choose")), picker))));
  panel.addEventListener("toggle", () => panel.open && show());
  return panel;
}
