// Starts Swagger UI. Trying an action out from a signed-in browser sends the page's token, as every form does.
addEventListener("DOMContentLoaded", () => {
  const token = document.querySelector("meta[name=csrf-token]")?.content ?? "";
  globalThis.SwaggerUIBundle({
    url: "/openapi.json",
    dom_id: "#swagger-ui",
    deepLinking: true,
    docExpansion: "none",
    validatorUrl: null,
    presets: [globalThis.SwaggerUIBundle.presets.apis],
    requestInterceptor: (request) => {
      if (new URL(request.url, location.href).origin === location.origin) request.headers["X-CSRFToken"] = token;
      return request;
    },
  });
});
