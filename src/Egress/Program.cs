using Zoneway.Hosting;
using Zoneway.Hosting.Settings;

// An egress can do all that an ingress can, so the image of both roles starts this program and KUMA_DATAPLANE_PROXY_TYPE names the role.
return await ProxyHost.RunAsync(new ProxyProgram("zone-egress", ProxyType.Egress, [ProxyType.Egress, ProxyType.Ingress, ProxyType.Dataplane]), args);
