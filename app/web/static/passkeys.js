// Passkeys: asks the authenticator and sends its answer with an ordinary form. The server decides everything.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const challenge = async (form) => {
  const token = form.elements.csrf_token.value;
  const answer = await fetch(form.dataset.begin, { method: "POST", headers: { "X-CSRFToken": token }, redirect: "error" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
};

const made = async (options) => {
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  for (const one of options.excludeCredentials ?? []) one.id = bytes(one.id);
  const key = await navigator.credentials.create({ publicKey: options });
  return {
    id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {},
    response: { clientDataJSON: text(key.response.clientDataJSON), attestationObject: text(key.response.attestationObject) },
  };
};

const shown = async (options) => {
  options.challenge = bytes(options.challenge);
  for (const one of options.allowCredentials ?? []) one.id = bytes(one.id);
  const key = await navigator.credentials.get({ publicKey: options });
  const { clientDataJSON, authenticatorData, signature, userHandle } = key.response;
  return {
    id: key.id, rawId: text(key.rawId), type: key.type, clientExtensionResults: {},
    response: {
      clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
};

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    const trouble = form.querySelector("[data-trouble]");
    form.addEventListener("submit", async (event) => {
      if (form.elements.answer.value) return;
      event.preventDefault();
      trouble.hidden = true;
      try {
        const options = await challenge(form);
        const answer = await (form.dataset.passkey === "create" ? made(options) : shown(options));
        form.elements.answer.value = JSON.stringify(answer);
        form.submit();
      } catch {
        delete form.dataset.sent;
        trouble.hidden = false;
      }
    });
  }
}
