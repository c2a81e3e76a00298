// Short names for the things of the API.
import type { components } from './schema';

type Schemas = components['schemas'];
export type Account = Schemas['Account'];
export type Appointment = Schemas['Appointment'];
export type BillingPlan = Schemas['BillingPlan'];
export type Change = Schemas['Change'];
export type Client = Schemas['Client'];
export type Conflict = Schemas['Told'];
export type Consent = Schemas['Consent'];
export type Device = Schemas['Device'];
export type Feature = Schemas['Feature'];
export type HistoryEntry = Schemas['HistoryEntry'];
export type Invoice = Schemas['Invoice'];
export type ImportView = Schemas['ImportView'];
export type Me = Schemas['Me'];
export type Media = Schemas['Media'];
export type LinkedMedia = Schemas['LinkedMedia'];
export type Note = Schemas['Note'];
export type OnlinePayment = Schemas['OnlinePayment'];
export type Payment = Schemas['Payment'];
export type Plan = Schemas['Plan'];
export type RecordChange = Schemas['RecordChange'];
export type Section = Schemas['Section'];
export type Service = Schemas['Service'];
export type Setting = Schemas['Setting'];
export type SignIn = Schemas['SignIn'];
export type Status = Schemas['Status'];
export type Token = Schemas['Token'];
export type YookassaCheck = Schemas['ConnectionCheck'];
export type YookassaConnection = Schemas['Connection'];

export interface Interval {
  from: string;
  to: string;
}
export interface BusinessHours {
  weekly: Record<string, Interval[]>;
  breaks: Record<string, Interval[]>;
  exceptions: { date: string; intervals: Interval[]; note?: string | null }[];
  timeOff: { from: string; to: string; note?: string | null }[];
  travel: { from: string; to: string; timezone: string }[];
  stepMin: number;
  minNoticeMin: number;
  horizonDays: number;
  dailyCap: number | null;
}
