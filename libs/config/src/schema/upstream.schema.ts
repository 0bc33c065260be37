import { ArrayNotEmpty, IsArray, IsBoolean, IsInt, IsOptional, Max, Min } from 'class-validator';
import { IsCertificates, IsPrivateKey } from './certificate.decorator.js';
import { IsHashKey } from './hash-key.decorator.js';
import { IsDuration } from './quantity.decorator.js';
import { RewriteSection } from './rewrite.schema.js';
import { Doc, Section, SectionList } from './section.decorator.js';
import { IsWord } from './text.decorator.js';
import { IsCheckPath, IsHostName, IsUpstreamUrl } from './url.decorator.js';

export const BALANCES = ['weighted', 'least-connections', 'hash'] as const;

export class UpstreamTargetSection {
  @Doc('Base URL of one instance.')
  @IsUpstreamUrl()
  url!: string;

  @Doc('Share of the calls in proportion to the other targets.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  weight: number = 1;
}

export class RetryBudgetSection {
  @Doc('Retries that may be made for a hundred calls of the last ten seconds.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  percent: number = 20;

  @Doc('Retries a second that may be made however few calls there are.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1000)
  perSecond: number = 3;
}

export class CircuitBreakerSection {
  @Doc('Whether failing targets are left out.')
  @IsOptional()
  @IsBoolean()
  enabled: boolean = true;

  @Doc('Failures one after the other by which a target is left out.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  failures: number = 5;

  @Doc('Statuses of answers that are failures of the target.')
  @IsOptional()
  @IsArray()
  @IsInt({ each: true })
  @Min(400, { each: true })
  @Max(599, { each: true })
  failureStatuses: number[] = [502, 503, 504];

  @Doc('How long a target is left out the first time; each time in a row it is twice as long.')
  @IsOptional()
  @IsDuration('100ms', '1h')
  openFor: number | string = '10s';

  @Doc('How long a target is left out at most.')
  @IsOptional()
  @IsDuration('100ms', '1d')
  longestOpen: number | string = '5m';

  @Doc('Calls that may try a target at once after that; as many must succeed.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  probes: number = 1;
}

export class HealthCheckSection {
  @Doc('Path asked for by GET, from the root of the target on.')
  @IsCheckPath()
  path!: string;

  @Doc('Time between two checks.')
  @IsOptional()
  @IsDuration('100ms', '1h')
  interval: number | string = '10s';

  @Doc('How long a check may take.')
  @IsOptional()
  @IsDuration('10ms', '1m')
  timeout: number | string = '2s';

  @Doc('Good checks one after the other by which a sick target is healthy again.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  healthyAfter: number = 2;

  @Doc('Bad checks one after the other by which a target is sick.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  unhealthyAfter: number = 3;

  @Doc('Statuses of a good answer; empty: 200 to 299.')
  @IsOptional()
  @IsArray()
  @IsInt({ each: true })
  @Min(200, { each: true })
  @Max(599, { each: true })
  expectedStatuses: number[] = [];
}

export class UpstreamTlsSection {
  @Doc("Certificates (PEM) of the authorities that the upstream's certificate may come from, in place of the system's; best a ${file:…}.")
  @IsOptional()
  @IsCertificates()
  ca?: string;

  @Doc('Certificate (PEM) by which the gateway shows the upstream who it is, with those between it and its authority; best a ${file:…}.')
  @IsOptional()
  @IsCertificates()
  cert?: string;

  @Doc('Private key (PEM) of cert; best a ${file:…}.')
  @IsOptional()
  @IsPrivateKey()
  key?: string;

  @Doc("Name that the upstream's certificate must be for, where it is not the host of the URL.")
  @IsOptional()
  @IsHostName({ each: false })
  serverName?: string;
}

export class UpstreamSection {
  @Doc('Base URL of the API behind the gateway.')
  @IsOptional()
  @IsUpstreamUrl()
  url?: string;

  @Doc('Instances of the API behind the gateway, in place of `url`.')
  @IsOptional()
  @ArrayNotEmpty()
  @SectionList(() => UpstreamTargetSection)
  targets?: UpstreamTargetSection[];

  @Doc('How calls are spread over the targets: in turn by weight, to the one with the fewest calls in hand, or by a key (hashBy).')
  @IsOptional()
  @IsWord(BALANCES)
  balance: string = 'weighted';

  @Doc('With balance hash: what calls have in common that go to the same target: consumer, address, or header:<name>.')
  @IsOptional()
  @IsHashKey()
  hashBy?: string;

  @Doc('How long connecting may take.')
  @IsOptional()
  @IsDuration('10ms', '5m')
  connectTimeout: number | string = '5s';

  @Doc('How long the upstream may be silent: until its response begins, and between two pieces of its body.')
  @IsOptional()
  @IsDuration('10ms', '1d')
  timeout: number | string = '60s';

  @Doc('How long the response may take to begin; timeout where it is not given.')
  @IsOptional()
  @IsDuration('10ms', '1d')
  firstByteTimeout?: number | string;

  @Doc('How long the response may be silent between two pieces of its body; timeout where it is not given.')
  @IsOptional()
  @IsDuration('10ms', '1d')
  idleTimeout?: number | string;

  @Doc('How long the whole call may take, with its retries and the last byte of the response; not limited where it is not given.')
  @IsOptional()
  @IsDuration('10ms', '7d')
  totalTimeout?: number | string;

  @Doc('How long a connection is used again; a new one resolves the host name anew.')
  @IsOptional()
  @IsDuration('1s', '1d')
  maxConnectionAge: number | string = '5m';

  @Doc('Connections to each target at most, of each gateway process, WebSockets among them; as many as are needed where it is not given.')
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100_000)
  maxConnections?: number;

  @Doc('With maxConnections: calls that may wait for a connection to a target; 100 where it is not given.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000)
  maxWaiting?: number;

  @Doc('With maxConnections: how long a call may wait for a connection; 5s where it is not given.')
  @IsOptional()
  @IsDuration('10ms', '10m')
  waitTimeout?: number | string;

  @Doc('Certificates for upstreams with https.')
  @IsOptional()
  @Section(() => UpstreamTlsSection)
  tls?: UpstreamTlsSection;

  @Doc('What the upstream says of itself in cookies and locations, and what clients get in its place.')
  @IsOptional()
  @Section(() => RewriteSection)
  rewrite?: RewriteSection;

  @Doc('How often a call that never reached the upstream, or may be repeated safely, is tried again.')
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(10)
  retries: number = 1;

  @Doc('How many retries there may be, so that they are no further load on an upstream that is failing.')
  @IsOptional()
  @Section(() => RetryBudgetSection)
  retryBudget: RetryBudgetSection = new RetryBudgetSection();

  @Doc('Leaves out targets whose calls fail; in force by itself where there are several targets.')
  @IsOptional()
  @Section(() => CircuitBreakerSection)
  circuitBreaker?: CircuitBreakerSection;

  @Doc('Asks each target regularly whether it is well, and leaves out those that are not.')
  @IsOptional()
  @Section(() => HealthCheckSection)
  healthCheck?: HealthCheckSection;
}
