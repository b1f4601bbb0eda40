using System.Threading.Channels;
using Zoneway.TestUtilities.Ads;

namespace Zoneway.TestUtilities.Kuma;

/// <summary>
/// The loop of one stream: requests and snapshots one at a time. A NACK puts the whole loop to sleep, and with it all types of the
/// stream (protocol §3.3 rule 5).
/// </summary>
internal sealed class KumaStream(IKumaSession session, Func<KumaSnapshot?> current, TimeSpan nackBackoff, TimeProvider time)
{
    private readonly Channel<ScriptedRequest?> _events = Channel.CreateUnbounded<ScriptedRequest?>(new() { SingleReader = true });
    private KumaSnapshot? _seen;

    /// <summary>A request has come.</summary>
    public void Received(ScriptedRequest request) => _events.Writer.TryWrite(request);

    /// <summary>There is another snapshot.</summary>
    public void Changed() => _events.Writer.TryWrite(null);

    /// <summary>The client has finished; null. Or it broke the stream.</summary>
    public void Ended(Exception? exception) => _events.Writer.TryComplete(exception);

    /// <summary>Serves until the client ends the stream.</summary>
    public async Task RunAsync(Func<ScriptedResponse, Task> sendAsync, CancellationToken cancellation)
    {
        await foreach (var request in _events.Reader.ReadAllAsync(cancellation))
        {
            if (request?.Error is not null)
            {
                // §3.3: kuma-cp stalls the whole stream after a NACK. The tests move this clock.
                await Task.Delay(nackBackoff, time, cancellation);
            }

            foreach (var response in request is not null ? session.Receive(request) : Update())
            {
                await sendAsync(response);
            }
        }
    }

    private IEnumerable<ScriptedResponse> Update()
    {
        var snapshot = current();
        if (snapshot is null || ReferenceEquals(snapshot, _seen))
        {
            return [];
        }

        _seen = snapshot;
        return session.Update(snapshot);
    }
}
