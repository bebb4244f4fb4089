// The operator's way from the printed link of the first start to a house that sells, by the set-up list.
// `house.operator` is the operator's e-mail address.

import { JELLYFIN_KEY, PASSWORD, STRIPE_KEY, fill, press, told } from "./acts.mjs";
import { letterTo, mailServer } from "./post.mjs";
import { lookAt } from "./window.mjs";

/** All of it: Aurora's films and series under the plan "Evenings", paid by card. */
export async function setUpHouse(window, house) {
  await openTheHouse(window, house);
  await nameTheHouse(window, house);
  await setUp(window, house, "Connect a mail server");
  await connectMail(window, house);
  await addServer(window, house);
  await shareLibraries(window, house, ["Movies", "Series"]);
  await makePlan(window, house);
  await connectStripe(window, house);
}

/** From the printed link to Overview, as the first administrator. */
export async function openTheHouse(window, house) {
  const { page } = window;
  await page.goto(house.first_start);
  await lookAt(window, "first-start");
  await fill(page, { name: "Ona Berg", email: house.operator, password: PASSWORD });
  await press(page, "Open the house");
  await page.waitForURL("**/office");
  await page.getByText("Set up your house").waitFor();
  await lookAt(window, "set-up");
  await page.goto(house.first_start);
  await page.getByText("This link is used up").waitFor();
}

/** Opens an item of the set-up list, whose state is said beside it. */
async function setUp(window, house, item) {
  await window.page.goto(`${house.site}/office`);
  await window.page.getByRole("link", { name: item }).click();
  await window.page.waitForLoadState();
}

export async function nameTheHouse(window, house) {
  const { page } = window;
  await setUp(window, house, "Name your house");
  await fill(page, {
    name: "Lantern Street", public_url: house.site, contact_email: house.operator, zone: "Europe/Berlin",
  });
  await lookAt(window, "set-up-site");
  await press(page, "Save");
  await told(page, "Saved.");
}

/** Lets the letters of a house, also those that wait, go to the mail server of the tests. */
export async function connectMail(window, house) {
  const { page } = window;
  await page.goto(`${house.site}/office/settings/mail`);
  await fill(page, { ...mailServer(), from_email: "house@lantern.example", from_name: "Lantern Street" });
  await page.locator("[name=encryption]").selectOption("none");
  await lookAt(window, "set-up-mail");
  await press(page, "Save and send a test to me");
  await told(page, "A test is on its way");
  await letterTo(house.operator, /test/i);
}

async function addServer(window, house) {
  const { page } = window;
  await setUp(window, house, "Add a media server");
  await lookAt(window, "set-up-servers");
  await page.goto(`${house.site}/office/servers/new/jellyfin`);
  await fill(page, { address: house.jellyfin, api_key: "not the key" });
  await press(page, "Test the connection");
  await page.locator(".error-summary").waitFor();
  await lookAt(window, "set-up-server-refused");
  await fill(page, { address: house.jellyfin, api_key: JELLYFIN_KEY });
  await press(page, "Test the connection");
  await page.getByText(/answers: Jellyfin/).waitFor();
  await lookAt(window, "set-up-server-tested");
  await fill(page, { api_key: JELLYFIN_KEY });
  await press(page, "Add the server");
  await told(page, "switched off");
  await lookAt(window, "set-up-server-off");
  await page.getByRole("link", { name: "Settings", exact: true }).last().click();
  await page.locator("[name=enabled]").check();
  await lookAt(window, "set-up-server-settings");
  await press(page, "Save");
  await told(page, "Saved.");
}

/** Puts two libraries into Standard; all others stay private. */
async function shareLibraries(window, house, names) {
  const { page } = window;
  await setUp(window, house, "Put libraries into a group");
  for (const name of names) await page.getByRole("checkbox", { name }).check();
  await lookAt(window, "set-up-libraries");
  await press(page, "Into Standard");
  await told(page, "libraries moved");
}

async function makePlan(window, house) {
  const { page } = window;
  await setUp(window, house, "Make a plan");
  await fill(page, { name: "Evenings", description: "Films and series, one screen at a time.", media_streams: "1" });
  await page.getByRole("checkbox", { name: "Standard" }).check();
  await lookAt(window, "set-up-plan");
  await press(page, "Make the plan");
  await told(page, "Give it a price");
  await page.getByRole("link", { name: "Add a price" }).click();
  await fill(page, { amount: "7.50" });
  await page.locator("[name=mode][value=recurring]").check();
  await lookAt(window, "set-up-price");
  await press(page, "Add the price");
  await told(page, "The price is on sale.");
  await lookAt(window, "set-up-plan-made");
}

async function connectStripe(window, house) {
  const { page } = window;
  await setUp(window, house, "Connect a way to pay");
  await lookAt(window, "set-up-gateways");
  await page.goto(`${house.site}/office/gateways/new/stripe`);
  await fill(page, { title: "Card", secret_key: STRIPE_KEY, address: house.stripe });
  await lookAt(window, "set-up-stripe");
  await press(page, "Connect");
  await told(page, "Test it now");
  await press(page, "Test");
  await lookAt(window, "set-up-stripe-tested");
  await press(page, "Set up the messages");
  await told(page, "All is well");
  await lookAt(window, "set-up-stripe-ready");
}
