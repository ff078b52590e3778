// Shows the buttons for passkeys where the browser knows them, and says so when one came to nothing.
const BUTTONS = "#passkey_login, #mfa_webauthn_add, #mfa_webauthn_authenticate, #mfa_webauthn_reauthenticate";

if (window.PublicKeyCredential) {
  for (const button of document.querySelectorAll(BUTTONS)) button.hidden = false;
  for (const note of document.querySelectorAll("[data-no-passkeys]")) note.hidden = true;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const note = document.querySelector("#passkey_failed");
  if (note) note.hidden = false;
});
