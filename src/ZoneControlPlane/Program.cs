using System.CommandLine;
using Zoneway.ZoneControlPlane.Commands;

var root = new RootCommand("Zoneway's embedded zone control plane: resource files in, xDS for zone ingress and zone egress out")
{
    RunCommand.Create(),
    CertificateCommand.Create(TimeProvider.System),
};
var result = root.Parse(args);
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors)
    {
        Console.Error.WriteLine(error.Message);
    }

    return ExitCodes.BadConfiguration;
}

return await result.InvokeAsync();
