package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"triage/internal/alert/channel"
	"triage/internal/alert/channel/chat"
	"triage/internal/alert/channel/incident"
	"triage/internal/alert/channel/mail"
	"triage/internal/alert/channel/phone"
	"triage/internal/alert/roster"
	"triage/internal/digest"
)

type alertsConfig struct {
	Terminal bool `toml:"terminal"`
	// Lanes are those that call people more loudly, each "LANE LOUDNESS".
	Lanes []string `toml:"lanes"`
	// Waiting is how long a case of a lane may wait for a person, each "LANE TELL PAGE".
	Waiting []string `toml:"waiting"`
	// From is what notices call the practice.
	From string `toml:"from"`
	// Team is told what pages nobody, each "CHANNEL ADDRESS", but not in the Quiet hours.
	Team     []string `toml:"team"`
	Quiet    []string `toml:"quiet"`
	Holidays []string `toml:"holidays"`
	// Repeat, Forgotten and Most are alert.Pace's.
	Repeat    duration `toml:"repeat"`
	Forgotten duration `toml:"forgotten"`
	Most      int      `toml:"most"`

	Person   []personConfig   `toml:"person"`
	Rotation []rotationConfig `toml:"rotation"`
	Step     []stepConfig     `toml:"step"`

	Heartbeat heartbeatConfig `toml:"heartbeat"`
	Digest    digestConfig    `toml:"digest"`

	Email        []emailConfig        `toml:"email"`
	SMS          []smsConfig          `toml:"sms"`
	Voice        []voiceConfig        `toml:"voice"`
	PagerDuty    []pagerDutyConfig    `toml:"pagerduty"`
	Opsgenie     []opsgenieConfig     `toml:"opsgenie"`
	Alertmanager []alertmanagerConfig `toml:"alertmanager"`
	Webhook      []webhookConfig      `toml:"webhook"`
	Slack        []slackConfig        `toml:"slack"`
	Teams        []teamsConfig        `toml:"teams"`
	Ntfy         []ntfyConfig         `toml:"ntfy"`
	Pushover     []pushoverConfig     `toml:"pushover"`
	Other        []otherConfig        `toml:"other"`
}

// The sections of the kinds of channels, each with a name for its lines.
type (
	channelName struct {
		Name string `toml:"name"`
	}
	emailConfig struct {
		channelName
		mail.Email
	}
	smsConfig struct {
		channelName
		phone.Twilio
	}
	voiceConfig struct {
		channelName
		phone.Twilio
	}
	pagerDutyConfig struct {
		channelName
		incident.PagerDuty
		HookSecret     string `toml:"hook_secret"`
		HookSecretFile string `toml:"hook_secret_file"`
	}
	opsgenieConfig struct {
		channelName
		incident.Opsgenie
	}
	alertmanagerConfig struct {
		channelName
		incident.Alertmanager
	}
	webhookConfig struct {
		channelName
		incident.Webhook
	}
	slackConfig struct {
		channelName
		chat.Slack
	}
	teamsConfig struct {
		channelName
		chat.Teams
	}
	ntfyConfig struct {
		channelName
		chat.Ntfy
	}
	pushoverConfig struct {
		channelName
		chat.Pushover
	}
	otherConfig struct {
		channelName
		chat.Other
	}
)

// heartbeatConfig is who hears that triage is alive and sees.
type heartbeatConfig struct {
	incident.Heartbeat
	Every duration `toml:"every"`
}

// digestConfig is who gets the summaries, and when.
type digestConfig struct {
	// Channel is the name of an [[alerts.email]] section.
	Channel string   `toml:"channel"`
	Morning []string `toml:"morning"`
	Weekly  []string `toml:"weekly"`
	At      string   `toml:"at"`
	Days    []string `toml:"days"`
	Lang    string   `toml:"lang"`
}

// channelSection is what the file says of one channel.
type channelSection struct {
	kind   string
	number int
	name   *string
	conf   channel.Section
}

func (s channelSection) key() string { return fmt.Sprintf("alerts.%s[%d]", s.kind, s.number) }

// bad tells what is wrong with the section at the key that the error begins with.
func (s channelSection) bad(bad faults, err error) {
	key, why, ok := strings.Cut(err.Error(), ": ")
	if _, known := keysOf(reflect.TypeOf(s.conf).Elem())[key]; ok && known {
		bad(s.key()+"."+key, "%s", why)
		return
	}
	bad(s.key(), "%v", err)
}

// channels are the sections of all channels. Everything that holds for each of them goes
// through here.
func (c *config) channels() []channelSection {
	a := &c.Alerts
	return slices.Concat(
		channelsOf("email", a.Email, func(s *emailConfig) (*string, channel.Section) { return &s.Name, &s.Email }),
		channelsOf("sms", a.SMS, func(s *smsConfig) (*string, channel.Section) { return &s.Name, &s.Twilio }),
		channelsOf("voice", a.Voice, func(s *voiceConfig) (*string, channel.Section) { return &s.Name, &s.Twilio }),
		channelsOf("pagerduty", a.PagerDuty, func(s *pagerDutyConfig) (*string, channel.Section) { return &s.Name, &s.PagerDuty }),
		channelsOf("opsgenie", a.Opsgenie, func(s *opsgenieConfig) (*string, channel.Section) { return &s.Name, &s.Opsgenie }),
		channelsOf("alertmanager", a.Alertmanager, func(s *alertmanagerConfig) (*string, channel.Section) { return &s.Name, &s.Alertmanager }),
		channelsOf("webhook", a.Webhook, func(s *webhookConfig) (*string, channel.Section) { return &s.Name, &s.Webhook }),
		channelsOf("slack", a.Slack, func(s *slackConfig) (*string, channel.Section) { return &s.Name, &s.Slack }),
		channelsOf("teams", a.Teams, func(s *teamsConfig) (*string, channel.Section) { return &s.Name, &s.Teams }),
		channelsOf("ntfy", a.Ntfy, func(s *ntfyConfig) (*string, channel.Section) { return &s.Name, &s.Ntfy }),
		channelsOf("pushover", a.Pushover, func(s *pushoverConfig) (*string, channel.Section) { return &s.Name, &s.Pushover }),
		channelsOf("other", a.Other, func(s *otherConfig) (*string, channel.Section) { return &s.Name, &s.Other }),
	)
}

func channelsOf[T any](kind string, list []T, of func(*T) (*string, channel.Section)) (out []channelSection) {
	for i := range list {
		name, conf := of(&list[i])
		out = append(out, channelSection{kind, i, name, conf})
	}
	return out
}

// alertDefaults names the channels that have no name.
func (c *config) alertDefaults() {
	for _, s := range c.channels() {
		orDefault(s.name, s.kind, s.number)
	}
	for i := range c.Alerts.Voice {
		c.Alerts.Voice[i].Voice = true
	}
}

// alertSecrets are those of channels and heartbeat.
func (c *config) alertSecrets() (errs []error) {
	for _, s := range c.channels() {
		for _, given := range s.conf.Secrets() {
			errs = append(errs, c.secret(s.key()+"."+given.Key, given.Value, given.File, given.Needed))
		}
	}
	for i := range c.Alerts.PagerDuty {
		p := &c.Alerts.PagerDuty[i]
		errs = append(errs, c.secret(fmt.Sprintf("alerts.pagerduty[%d].hook_secret", i), &p.HookSecret, p.HookSecretFile, false))
	}
	for _, given := range c.Alerts.Heartbeat.Secrets() {
		errs = append(errs, c.secret("alerts.heartbeat."+given.Key, given.Value, given.File, false))
	}
	return errs
}

// validateDigest looks at who gets the summaries, when, and by which mail server.
func (c *config) validateDigest(bad faults) {
	d := &c.Alerts.Digest
	if err := (digest.Clock{At: d.At}).Validate(); err != nil {
		bad("alerts.digest.at", "%v", err)
	}
	if _, err := digest.ParseDays(d.Days); err != nil {
		bad("alerts.digest.days", "%v", err)
	}
	if d.Lang != "en" && d.Lang != "es" {
		bad("alerts.digest.lang", "%q is no language of the summaries: write en or es", d.Lang)
	}
	if len(d.Morning)+len(d.Weekly) == 0 {
		return
	}
	if c.mailer() == nil {
		c.noMailer(bad)
		return
	}
	for key, list := range map[string][]string{"alerts.digest.morning": d.Morning, "alerts.digest.weekly": d.Weekly} {
		for i, to := range list {
			if err := c.mailer().CheckTo(to); err != nil {
				bad(key, "entry %d: %v", i+1, err)
			}
		}
	}
}

// noMailer: the summaries have readers, and nothing sends them.
func (c *config) noMailer(bad faults) {
	if d := c.Alerts.Digest; len(c.Alerts.Email) == 0 {
		key := "alerts.digest.morning"
		if len(d.Morning) == 0 {
			key = "alerts.digest.weekly"
		}
		bad(key, "the summaries go out by mail, and there is no mail server: add an [[alerts.email]] section (docs/alerting-channels.md)")
		return
	}
	var names []string
	for _, e := range c.Alerts.Email {
		names = append(names, e.Name)
	}
	bad("alerts.digest.channel", "%q is no mail server: write the name of an [[alerts.email]] section (there are: %s)", c.Alerts.Digest.Channel, strings.Join(names, ", "))
}

// mailer is the section of the mail server for the summaries; nil: there is none.
func (c *config) mailer() *mail.Email {
	for i := range c.Alerts.Email {
		if e := &c.Alerts.Email[i]; c.Alerts.Digest.Channel == "" || e.Name == c.Alerts.Digest.Channel {
			return &e.Email
		}
	}
	return nil
}

// terminalChannel is the name of the channel that is standard output.
const terminalChannel = "terminal"

// watchers are the lines that are told everything.
func (c *config) watchers() []roster.Line {
	if !c.Alerts.Terminal || c.watchesTerminal() {
		return nil
	}
	return []roster.Line{{Channel: terminalChannel}}
}

// watchesTerminal reports whether somebody is called on standard output: then it is a line
// like others, and otherwise one that nobody hears.
func (c *config) watchesTerminal() bool {
	reach := slices.Clone(c.Alerts.Team)
	for _, p := range c.Alerts.Person {
		reach = append(reach, p.Reach...)
	}
	return slices.Contains(reach, terminalChannel)
}
