const place = document.querySelector("#swagger");

window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.schema,
  deepLinking: true,
  // Without this Swagger asks a stranger's server to check the schema.
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
});
