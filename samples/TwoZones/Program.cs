using System.CommandLine;
using Zoneway.TwoZones.Commands;

// After Ctrl-C or SIGTERM there must be time to end the programs that were started.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(20) };
return await TwoZonesCommand.Create(TimeProvider.System).Parse(args).InvokeAsync(invocation);
