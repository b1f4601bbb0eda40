namespace Zoneway.TwoZones;

/// <summary>Something the script asserts does not hold; the message says what was seen instead.</summary>
internal class CheckFailedException(string message) : Exception(message);
