namespace Zoneway.ZoneControlPlane.Tests.Support;

/// <summary>File permissions, where the system has them.</summary>
internal static class FileModes
{
    public static bool IsOwnerOnly(string path) =>
        OperatingSystem.IsWindows() || File.GetUnixFileMode(path) == (UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
