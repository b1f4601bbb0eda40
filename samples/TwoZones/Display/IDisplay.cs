using Zoneway.TwoZones.Script;

namespace Zoneway.TwoZones.Display;

/// <summary>Shows the script while it plays.</summary>
internal interface IDisplay
{
    /// <summary>Shows progress until the play has ended, and then how it ended.</summary>
    /// <returns>Completes as the play does, with its exception if there is one.</returns>
    Task ShowAsync(ScriptProgress progress, Func<Task> play);
}
