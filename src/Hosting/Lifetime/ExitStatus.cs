using Microsoft.Extensions.Hosting;

namespace Zoneway.Hosting.Lifetime;

/// <summary>How the program will end, for parts of it that cannot go on.</summary>
internal sealed class ExitStatus(IHostApplicationLifetime application)
{
    private volatile int _code = ExitCodes.Success;

    /// <summary>The exit code.</summary>
    public int Code => _code;

    /// <summary>Ends the program at once, in order.</summary>
    public void Quit() => application.StopApplication();

    /// <summary>Ends the program with an error. Whoever calls has logged why.</summary>
    public void Fail()
    {
        _code = ExitCodes.Failure;
        application.StopApplication();
    }
}
