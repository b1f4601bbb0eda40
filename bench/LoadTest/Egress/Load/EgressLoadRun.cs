using Zoneway.LoadTest.Load;
using Zoneway.LoadTest.Measuring;

namespace Zoneway.LoadTest.Egress.Load;

/// <summary>Takes one sample: opens its connections, lets the load run, and counts what happens between two readings of all clocks.</summary>
internal sealed class EgressLoadRun(EgressLoadRequest request, TlsDialer dialer)
{
    private static readonly TimeSpan OpenLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(10);

    public async Task<LoadResult> ExecuteAsync()
    {
        using var context = new EgressLoadContext(request.Connections);
        var meter = new UsageMeter(request.ProxyProcess, request.HarnessProcesses);
        var clients = Enumerable.Range(0, request.Connections)
            .Select(_ => new EgressClient(context, dialer, CreateExchange, request.Kind == EgressLoadKind.Handshake)).ToList();
        var work = Task.WhenAll(clients.Select(client => Task.Run(client.RunAsync)));
        var (usage, reading) = await MeasureAsync(context, meter);
        await StopAsync(context, work);
        return Describe(context, clients) with { Usage = usage, Seconds = usage.Seconds, ResidentBytes = reading.ResidentBytes };
    }

    private IExchange CreateExchange() => request.Kind switch
    {
        EgressLoadKind.Http2 => new Http2Exchange(),
        EgressLoadKind.Echo => new EchoExchange(request.MessageBytes),
        _ => new Http1Exchange(),
    };

    private async Task<(Usage Usage, ProcessReading Reading)> MeasureAsync(EgressLoadContext context, UsageMeter meter)
    {
        if (await Task.WhenAny(context.AllOpen, Task.Delay(OpenLimit)) != context.AllOpen)
        {
            context.Fail($"no first answer on every connection within {OpenLimit.TotalSeconds} s");
        }

        await Task.Delay(request.WarmUp);
        meter.Begin();
        context.IsCounting = true;
        await Task.Delay(request.Duration);
        context.IsCounting = false;
        return (meter.End(), meter.ReadProxy());
    }

    private static async Task StopAsync(EgressLoadContext context, Task work)
    {
        context.IsStopping = true;
        if (await Task.WhenAny(work, Task.Delay(CloseLimit)) != work)
        {
            context.Fail($"no answer within {CloseLimit.TotalSeconds} s");
            context.AbortAll();
        }

        await work;
    }

    private static LoadResult Describe(EgressLoadContext context, List<EgressClient> clients)
    {
        var latency = new LatencyHistogram();
        clients.ForEach(client => latency.Add(client.Latency));
        return new LoadResult
        {
            Operations = clients.Sum(client => client.Operations),
            Bytes = clients.Sum(client => client.Bytes),
            Latency = LatencySummary.Of(latency),
            WrongBytes = context.WrongAnswers,
            Failures = context.Failures,
            FailureReasons = context.Reasons,
        };
    }
}
