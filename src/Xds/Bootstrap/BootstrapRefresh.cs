using Microsoft.Extensions.Logging;
using Zoneway.Xds.Ads;

namespace Zoneway.Xds.Bootstrap;

/// <summary>
/// Asks for the bootstrap document anew when streams fail: the control plane may have been replaced by one that serves another xDS variant,
/// at another address, with another CA. What is in force stays so meanwhile.
/// </summary>
/// <param name="current">The document in use.</param>
/// <param name="fetchAsync">Asks for a document once.</param>
/// <param name="logger">The follower's log.</param>
internal sealed partial class BootstrapRefresh(
    BootstrapDocument current, Func<CancellationToken, Task<BootstrapAttempt>> fetchAsync, ILogger logger) : IStreamWatch
{
    /// <summary>Streams in a row that are refused or never answered on, after which the document is asked for. One that is not implemented is enough.</summary>
    public const int Patience = 3;

    private int _refusals;

    /// <summary>The document to follow from now on; null as long as the current one holds.</summary>
    public BootstrapDocument? Next { get; private set; }

    /// <inheritdoc/>
    public async ValueTask<bool> IsSupersededAsync(StreamEnd end, CancellationToken cancellationToken)
    {
        _refusals = end.IsRefusal ? _refusals + 1 : 0;
        if (_refusals < Patience && !end.IsUnimplemented)
        {
            return false;
        }

        _refusals = 0;
        var attempt = await fetchAsync(cancellationToken);
        if (attempt.Document is null)
        {
            Log.NoDocument(logger, attempt.Error);
        }
        else if (attempt.Document.Fingerprint != current.Fingerprint)
        {
            Next = attempt.Document;
        }

        return Next is not null;
    }

    private static partial class Log
    {
        [LoggerMessage(412, LogLevel.Warning, "Asked for the bootstrap document anew, since streams fail, without success: {Reason} The configuration stays in force.")]
        public static partial void NoDocument(ILogger logger, string reason);
    }
}
