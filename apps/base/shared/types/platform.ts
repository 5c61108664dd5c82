/** What platform-api's `/v1/*` answers, as far as the apps show it. */
export interface PlatformPerson {
  username: string;
  name: string;
  email: string;
  groups: string[];
  operator: boolean;
}

export interface PlatformTenant {
  id: string;
  name: string;
  plan: string | null;
  domain: string | null;
  members: number;
}

export interface PlatformUser {
  /** Authentik's primary key. */
  pk: number;
  username: string;
  name: string;
  email: string;
  active: boolean;
  /** ISO 8601, or null before the first sign-in. */
  lastLogin: string | null;
  groups: string[];
}

export interface PlatformMailbox {
  addresses: string[];
  usedBytes: number;
  /** Null: no limit. */
  quotaBytes: number | null;
}

export interface PlatformStorage {
  usedBytes: number;
  /** Null: no limit. */
  totalBytes: number | null;
}
