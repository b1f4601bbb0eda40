using Microsoft.Extensions.Options;

namespace Zoneway.SniRouter;

/// <summary>Refuses options that are out of range, all problems at once.</summary>
internal sealed class SniRouterOptionsValidator : IValidateOptions<SniRouterOptions>
{
    public ValidateOptionsResult Validate(string? name, SniRouterOptions options)
    {
        var problems = options.Validate().ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
