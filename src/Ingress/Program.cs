using Zoneway.Hosting;
using Zoneway.Hosting.Settings;

// Passes TLS through by server name, which is all that a zone ingress does.
return await ProxyHost.RunAsync(new ProxyProgram("zone-ingress", ProxyType.Ingress, [ProxyType.Ingress, ProxyType.Dataplane]), args);
