import { IsOptional } from 'class-validator';
import { Doc, SectionList } from './section.decorator.js';
import { IsCookieDomain, IsCookiePath, IsHostName, IsLocationPrefix, IsPublicPrefix } from './url.decorator.js';

export class CookieDomainRule {
  @Doc('Domain that the upstream gives a cookie, such as orders.internal; `*`: any.')
  @IsCookieDomain()
  from!: string;

  @Doc('Domain that clients get; left out: none, so that the cookie is for the host of the call alone.')
  @IsOptional()
  @IsHostName({ each: false })
  to?: string;
}

export class CookiePathRule {
  @Doc('How the Path that the upstream gives a cookie begins, on the borders of segments; `/`: any.')
  @IsCookiePath()
  from!: string;

  @Doc('What stands there for clients.')
  @IsCookiePath()
  to!: string;
}

export class LocationRule {
  @Doc('How a Location begins that the upstream sends, on the borders of segments.')
  @IsLocationPrefix()
  from!: string;

  @Doc('What stands there for clients: a path on the host of the call, or a URL.')
  @IsPublicPrefix()
  to!: string;
}

export class RewriteSection {
  @Doc('For the Domain of cookies; the first rule that fits counts.')
  @IsOptional()
  @SectionList(() => CookieDomainRule)
  cookieDomains: CookieDomainRule[] = [];

  @Doc('For the Path of cookies; the first rule that fits counts.')
  @IsOptional()
  @SectionList(() => CookiePathRule)
  cookiePaths: CookiePathRule[] = [];

  @Doc("For Location and Content-Location; the first rule that fits counts. URLs of the upstream's own need none.")
  @IsOptional()
  @SectionList(() => LocationRule)
  locations: LocationRule[] = [];
}
