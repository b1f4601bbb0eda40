namespace Zoneway.LoadTest.Contenders;

/// <summary>The client connects to the back ends themselves.</summary>
internal sealed class DirectContender : Contender
{
    /// <inheritdoc/>
    public override string Name => "direct";

    /// <inheritdoc/>
    public override string Description => "no proxy: the client connects to the back ends";

    /// <inheritdoc/>
    public override ContenderRole Role => ContenderRole.Baseline;

    /// <inheritdoc/>
    public override string? Obstacle => null;

    /// <inheritdoc/>
    public override ProgramStart? Prepare(ContenderSetup setup) => null;
}
