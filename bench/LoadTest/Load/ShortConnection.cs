namespace Zoneway.LoadTest.Load;

/// <summary>Closes when it has its greeting, and connects anew.</summary>
internal sealed class ShortConnection(LoadContext context) : ClientConnection(context)
{
    /// <inheritdoc/>
    protected override StreamKind Kind => StreamKind.GreetOnly;

    /// <inheritdoc/>
    protected override void OnOpened()
    {
        Context.Complete(StartedAt, Clock.Now);
        Close();
        Start();
    }

    /// <inheritdoc/>
    protected override void OnOpenReady()
    {
        // It is never open for an event.
    }
}
