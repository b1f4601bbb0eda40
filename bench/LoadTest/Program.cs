using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Zoneway.LoadTest.Egress.Backend;
using Zoneway.LoadTest.Egress.Load;
using Zoneway.LoadTest.Egress.Running;
using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Load.Backend;
using Zoneway.LoadTest.Processes;
using Zoneway.LoadTest.Running;

[assembly: SupportedOSPlatform("linux")]

if (!OperatingSystem.IsLinux())
{
    await Console.Error.WriteLineAsync("The load test needs Linux.");
    return BenchCommandLine.BadUsage;
}

// Children leave it to the driver, at whose end their standard input ends, to react to Ctrl+C, which the terminal sends to all of them.
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
return args switch
{
    ["backend", var backends, var counters] => BackendProcess.Run(int.Parse(backends, CultureInfo.InvariantCulture), counters),
    ["load", var counters] => LoadProcess.Run(counters),
    ["egress-backend", var certificates] => await EgressBackendProcess.RunAsync(certificates),
    ["egress-load", var certificates] => await EgressLoadProcess.RunAsync(certificates),
    ["guard", var directory] => Guard.Run(directory),
    _ => await new BenchCommandLine(BenchProgram.RunAsync, EgressProgram.RunAsync).InvokeAsync(args, stop.Token),
};

void Cancel(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
