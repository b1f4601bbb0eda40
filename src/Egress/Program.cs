using Zoneway.Egress;
using Zoneway.Hosting;
using Zoneway.Hosting.Settings;

SocketCompletions.RunInline();

// An egress can do all that an ingress can, so the image of both roles starts this program and KUMA_DATAPLANE_PROXY_TYPE names the role.
var program = new ProxyProgram("zone-egress", ProxyType.Egress, [ProxyType.Egress, ProxyType.Ingress, ProxyType.Dataplane]) { Termination = new EgressModule() };
return await ProxyHost.RunAsync(program, args);
