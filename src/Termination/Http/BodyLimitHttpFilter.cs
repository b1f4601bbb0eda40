namespace Zoneway.Termination.Http;

/// <summary>Takes bodies up to a length. One whose length is said beforehand is refused at once, others when they run over.</summary>
internal sealed class BodyLimitHttpFilter(BodyLimitFilterConfig config) : HttpFilter(config)
{
    public override ValueTask<LocalReply?> RunAsync(FilterPass pass, CancellationToken cancellationToken)
    {
        if (SettingsFor<BodyLimitFilterConfig>(pass) is not { } settings)
        {
            return new((LocalReply?)null);
        }

        pass.MaxBodyBytes = Math.Min(settings.MaxBytes, pass.MaxBodyBytes ?? long.MaxValue);
        return new(pass.Context.Request.ContentLength > settings.MaxBytes ? LocalReply.BodyTooLarge : null);
    }
}
