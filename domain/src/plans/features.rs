//! The price list of features: one table that says of each to which module of the product it belongs and from which plan
//! on it is there. Server, devices and UI read this table and no other.
//!
//! Part of the plans room. Pure data.

use super::Plan;
use crate::errors::wire_enum;

wire_enum! {
    /// A part of the product, as the master sees it in the menu and in the comparison of plans. In the order shown there.
    pub enum Module {
        /// Figures of today.
        Dashboard = "dashboard",
        /// Visits, devices, conflicts.
        Calendar = "calendar",
        /// People and what she knows about them.
        Clients = "clients",
        /// The price list.
        Services = "services",
        /// Invoices and payments.
        Payments = "payments",
        /// Messages to clients.
        Messaging = "messaging",
        /// Inviting people back.
        Marketing = "marketing",
        /// The page on which clients book.
        Booking = "booking",
        /// Photos of her work.
        Portfolio = "portfolio",
        /// What clients say.
        Reviews = "reviews",
        /// How the business does.
        Analytics = "analytics",
        /// Lessons and trends.
        Learning = "learning",
        /// Spoken notes.
        Voice = "voice",
        /// Rules that act by themselves.
        Automations = "automations",
        /// Other programs.
        Integrations = "integrations",
        /// Who may do what, and what was done.
        Security = "security",
    }
}

/// Declares the table: `Variant = "wire_name" in Module from Plan`.
macro_rules! features {
    ($($(#[$meta:meta])* $variant:ident = $wire:tt in $module:ident from $plan:ident,)+) => {
        wire_enum! {
            /// Something that a plan includes or not.
            pub enum Feature {
                $($(#[$meta])* $variant = $wire,)+
            }
        }

        impl Feature {
            /// The smallest plan that includes the feature.
            #[must_use]
            pub const fn min_plan(self) -> Plan {
                match self {
                    $(Self::$variant => Plan::$plan,)+
                }
            }

            /// Where the master meets it.
            #[must_use]
            pub const fn module(self) -> Module {
                match self {
                    $(Self::$variant => Module::$module,)+
                }
            }
        }
    };
}

features! {
    /// The figures of today and of the week.
    Dashboard = "dashboard" in Dashboard from Ivory,
    /// What the assistant would do next.
    DashboardHints = "dashboard.hints" in Dashboard from Veloria,
    /// Which hours of the week earn how much.
    ProfitMap = "dashboard.profit_map" in Dashboard from Imperium,
    /// What to ask for an hour, by how much it is wanted.
    PriceHints = "dashboard.price_hints" in Dashboard from Imperium,

    /// Visits and personal time, made by hand.
    Appointments = "appointments" in Calendar from Ivory,
    /// Several devices, one calendar.
    Sync = "sync" in Calendar from Ivory,
    /// Seeing and settling what two devices did to one thing.
    Conflicts = "conflicts" in Calendar from Ivory,
    /// Who changed what and when, and undoing it.
    History = "history" in Calendar from Ivory,
    /// The list of who waits for an hour, kept by hand.
    Waitlist = "appointments.waitlist" in Calendar from Ivory,
    /// The risk that a client does not come, with what to do about it.
    AiNoShow = "ai.no_show" in Calendar from Veloria,
    /// Whom to offer an hour that became free.
    AiWaitlist = "ai.waitlist" in Calendar from Veloria,
    /// Offering free hours to those who wait, and booking who says yes first.
    AutoFill = "appointments.auto_fill" in Calendar from Imperium,
    /// Several ways out of a day's conflicts, proposed and carried out by one press.
    ConflictResolver = "appointments.conflict_resolver" in Calendar from Imperium,

    /// People, their consents and their visits.
    Clients = "clients" in Clients from Ivory,
    /// How demanding and how worthwhile a client's visits are.
    FitScore = "clients.fit_score" in Clients from Veloria,
    /// Tags that are given by themselves.
    AutoTags = "clients.auto_tags" in Clients from Veloria,
    /// What a client should do when, visit by visit.
    CarePlans = "clients.care_plans" in Clients from Imperium,
    /// The same score from everything that is known.
    FitScorePro = "clients.fit_score.pro" in Clients from Imperium,

    /// The price list.
    Services = "services" in Services from Ivory,
    /// How long a service really takes.
    DurationHints = "services.duration_hints" in Services from Veloria,
    /// Several services as one, for one price.
    Packages = "services.packages" in Services from Veloria,
    /// What to offer on top of a service.
    AiUpsell = "ai.upsell" in Services from Veloria,
    /// Prices and lengths that follow demand.
    DynamicHints = "services.dynamic_hints" in Services from Imperium,

    /// Invoices, payment links, refunds by hand.
    Invoices = "invoices" in Payments from Ivory,
    /// Money in advance, or held on a card.
    Prepayments = "payments.prepayments" in Payments from Veloria,
    /// One bill in parts.
    PartialPayments = "payments.partial" in Payments from Imperium,
    /// A bill that is due later.
    DeferredPayments = "payments.deferred" in Payments from Imperium,
    /// Money that goes back by itself, as the policy says.
    AutoRefunds = "payments.auto_refunds" in Payments from Imperium,

    /// Messages by SMS, e-mail and Telegram, sent by hand.
    Messages = "messaging" in Messaging from Ivory,
    /// Reminders of a visit that send themselves.
    AutoReminders = "messaging.auto_reminders" in Messaging from Veloria,
    /// Messages that something sets off.
    MessageTriggers = "messaging.triggers" in Messaging from Veloria,
    /// The assistant answers in Telegram.
    Reception = "messaging.reception" in Messaging from Veloria,
    /// Messages in several steps.
    Scenarios = "messaging.scenarios" in Messaging from Imperium,
    /// Two texts against each other.
    MessageTrials = "messaging.ab" in Messaging from Imperium,
    /// How many messages an hour, by her own limits.
    Throttling = "messaging.throttling" in Messaging from Imperium,

    /// Inviting back clients who have not come for long.
    Flows = "marketing.flows" in Marketing from Veloria,
    /// Two templates of an invitation against each other.
    FlowTrials = "marketing.flows.ab" in Marketing from Veloria,
    /// The same with segments, control groups and forecasts.
    FlowsPro = "marketing.flows.pro" in Marketing from Imperium,

    /// The page on which clients book.
    Booking = "booking" in Booking from Ivory,
    /// Her colours, pictures and words on it.
    BookingBranding = "booking.branding" in Booking from Veloria,
    /// Counters of advertisers on it.
    BookingPixels = "booking.pixels" in Booking from Veloria,
    /// The page without our name.
    Whitelabel = "booking.whitelabel" in Booking from Imperium,
    /// The page under the master's own domain.
    BookingDomain = "booking.domain" in Booking from Imperium,
    /// The page put together from blocks.
    BookingBuilder = "booking.builder" in Booking from Imperium,

    /// Photos of her work, chosen by hand.
    Portfolio = "portfolio" in Portfolio from Ivory,
    /// Photos chosen and captioned by the assistant.
    Curator = "portfolio.curator" in Portfolio from Veloria,
    /// The same, chosen for each viewer and lightly retouched.
    CuratorPro = "portfolio.curator.pro" in Portfolio from Imperium,

    /// Links to ask for a review, sent by hand.
    Reviews = "reviews" in Reviews from Ivory,
    /// Asking at the right moment, by itself.
    Maestro = "reviews.maestro" in Reviews from Veloria,
    /// Catching what is bad before it is public.
    MaestroPro = "reviews.maestro.pro" in Reviews from Imperium,
    /// Reviews shown on other pages.
    ReviewWidgets = "reviews.widgets" in Reviews from Imperium,

    /// Income, visits, services.
    Analytics = "analytics" in Analytics from Ivory,
    /// What an hour earns.
    Margin = "analytics.margin" in Analytics from Veloria,
    /// Who comes again.
    RepeatRate = "analytics.repeat_rate" in Analytics from Veloria,
    /// What the assistant brought.
    AssistantEffect = "analytics.assistant_effect" in Analytics from Veloria,
    /// Clients by the month in which they came first.
    Cohorts = "analytics.cohorts" in Analytics from Imperium,
    /// Where clients come from.
    Channels = "analytics.channels" in Analytics from Imperium,
    /// Figures for other programs.
    BiExport = "analytics.bi_export" in Analytics from Imperium,

    /// Short lessons.
    Lessons = "learning.lessons" in Learning from Veloria,
    /// What is asked for now.
    Trends = "learning.trends" in Learning from Veloria,
    /// What to learn next.
    SkillRadar = "learning.skill_radar" in Learning from Imperium,
    /// Trends of her town and her prices.
    TrendsPro = "learning.trends.pro" in Learning from Imperium,

    /// A spoken note turned into a written one.
    AiVoiceNotes = "ai.voice_notes" in Voice from Imperium,

    /// When this happens or that is long ago, do that.
    Triggers = "automations.triggers" in Automations from Veloria,
    /// Rules of her own making.
    Rules = "automations.rules" in Automations from Imperium,

    /// E-mail, SMS, Telegram, payments.
    Integrations = "integrations" in Integrations from Ivory,
    /// Visits shown in Google Calendar.
    GoogleCalendar = "integrations.google_calendar" in Integrations from Veloria,
    /// Visits and Google Calendar kept equal both ways.
    GoogleCalendarTwoWay = "integrations.google_calendar.two_way" in Integrations from Imperium,
    /// Telling other programs what happened.
    Webhooks = "integrations.webhooks" in Integrations from Imperium,
    /// Seeing what was sent to other programs, and sending it again.
    DevConsole = "integrations.dev_console" in Integrations from Imperium,

    /// Passwords, sessions, keys, revoked devices.
    Security = "security" in Security from Ivory,
    /// Taking all data away as files.
    Export = "export" in Security from Ivory,
    /// A second factor at sign-in.
    TwoFactor = "security.two_factor" in Security from Veloria,
    /// The journal of critical actions.
    AuditLog = "security.audit_log" in Security from Imperium,
    /// Copies of everything, kept for her.
    Backups = "security.backups" in Security from Imperium,
}
