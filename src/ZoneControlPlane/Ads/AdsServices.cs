using Microsoft.Extensions.Logging;
using Zoneway.ZoneControlPlane.Catalog;

namespace Zoneway.ZoneControlPlane.Ads;

/// <summary>What all streams share.</summary>
internal sealed record AdsServices(CatalogSource Catalog, AdsOptions Options, AdsMetrics Metrics, TimeProvider Time, ILogger Logger);
