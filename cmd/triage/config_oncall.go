package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"triage/internal/alert"
	"triage/internal/alert/roster"
)

// personConfig is somebody who can be called.
type personConfig struct {
	// Name is that of the user in the desk.
	Name string `toml:"name"`
	// Reach are her lines, each "CHANNEL ADDRESS after TIME".
	Reach []string `toml:"reach"`
}

// rotationConfig is a duty that people take in turns.
type rotationConfig struct {
	Name   string   `toml:"name"`
	People []string `toml:"people"`
	Start  string   `toml:"start"`
	Turn   string   `toml:"turn"`
	Hours  []string `toml:"hours"`
}

// stepConfig is one step of escalation.
type stepConfig struct {
	Call string   `toml:"call"`
	Wait duration `toml:"wait"`
}

// plan is who is called when, as the file says it. Whatever is wrong goes to bad.
func (c *config) plan(bad faults) roster.Plan {
	a := &c.Alerts
	p := roster.Plan{Holidays: map[roster.Date]string{}, Zone: time.Local}
	if zone, err := c.zone(); err == nil {
		p.Zone = zone
	}
	p.Team = c.linesOf("alerts.team", a.Team, bad)
	p.Quiet = read(bad, "alerts.quiet", a.Quiet, roster.ParseHours)
	for i, text := range a.Holidays {
		day, name, err := roster.ParseHoliday(text)
		if err != nil {
			bad("alerts.holidays", "entry %d: %v", i+1, err)
		}
		p.Holidays[day] = name
	}
	for i, person := range a.Person {
		p.People = append(p.People, roster.Person{Name: person.Name, Lines: c.linesOf(fmt.Sprintf("alerts.person[%d].reach", i), person.Reach, bad)})
	}
	for i, r := range a.Rotation {
		key := func(name string) string { return fmt.Sprintf("alerts.rotation[%d].%s", i, name) }
		p.Rotations = append(p.Rotations, roster.Rotation{
			Name: r.Name, People: r.People, Hours: read(bad, key("hours"), r.Hours, roster.ParseHours),
			Start: read(bad, key("start"), r.Start, func(s string) (time.Time, error) { return roster.ParseStart(s, p.Zone) }),
			Turn:  read(bad, key("turn"), r.Turn, roster.ParseTurn),
		})
	}
	for i, s := range a.Step {
		step := read(bad, fmt.Sprintf("alerts.step[%d].call", i), s.Call, roster.ParseStep)
		if step.Wait = s.Wait.Duration; step.Wait == 0 {
			step.Wait = 5 * time.Minute
		}
		p.Steps = append(p.Steps, step)
	}
	return p
}

// read reads one value of the plan.
func read[From, To any](bad faults, key string, text From, parse func(From) (To, error)) To {
	v, err := parse(text)
	if err != nil {
		bad(key, "%v", err)
	}
	return v
}

// linesOf reads lines, and asks each one's channel whether it knows such an address.
func (c *config) linesOf(key string, texts []string, bad faults) (lines []roster.Line) {
	for i, text := range texts {
		line, err := roster.ParseLine(text)
		if err == nil {
			err = c.checkLine(line)
		}
		if err != nil {
			bad(key, "entry %d: %v", i+1, err)
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

// checkLine: the address is personal and in no error.
func (c *config) checkLine(line roster.Line) error {
	if line.Channel == terminalChannel && line.To == "" && c.Alerts.Terminal {
		return nil // somebody sits before it
	}
	for _, s := range c.channels() {
		if *s.name == line.Channel {
			return s.conf.CheckTo(line.To)
		}
	}
	return fmt.Errorf("there is no channel %q: write the name of one of the [[alerts.…]] sections (%s)", line.Channel, c.channelNames())
}

// channelNames are what lines may begin with, for whoever misspelt one.
func (c *config) channelNames() string {
	var names []string
	for _, s := range c.channels() {
		names = append(names, *s.name)
	}
	if len(names) == 0 {
		return "there is none yet"
	}
	return "there are: " + strings.Join(names, ", ")
}

// validateAlerts looks at channels and who is called on them.
func (c *config) validateAlerts(bad faults) {
	c.validateChannels(bad)
	failed := false
	plan := c.plan(func(key, format string, args ...any) { failed = true; bad(key, format, args...) })
	if failed {
		return
	}
	if err := plan.Validate(); err != nil {
		bad(faultyKey(err), "%v", err)
	}
	c.validateDigest(bad)
	c.limits(bad)
	for key, d := range map[string]time.Duration{"alerts.repeat": c.Alerts.Repeat.Duration, "alerts.forgotten": c.Alerts.Forgotten.Duration} {
		if d < time.Minute || d > day {
			bad(key, "%v is out of range: 1m to 24h", d)
		}
	}
	if err := c.Alerts.Heartbeat.Validate(); err != nil {
		bad("alerts.heartbeat", "%v", err)
	}
	if d := c.Alerts.Heartbeat.Every.Duration; d < 30*time.Second || d > 5*time.Minute { // things are looked at every 30 s
		bad("alerts.heartbeat.every", "%v is out of range: 30s to 5m", d)
	}
	if len(c.Alerts.From) > longFrom {
		bad("alerts.from", "it is too long for a telephone's screen: at most %d bytes", longFrom)
	}
	if n := c.Alerts.Most; n < 3 || n > 200 {
		bad("alerts.most", "%d is out of range: 3 to 200 notices an hour", n)
	}
}

// validateChannels looks at each channel, and at what its provider sends back.
func (c *config) validateChannels(bad faults) {
	names := map[string]bool{terminalChannel: true}
	for _, s := range c.channels() {
		if names[*s.name] || !accountName.MatchString(*s.name) {
			bad(s.key()+".name", "%q is there twice, or no name of a channel: write another one, in small letters, digits and \"-\"", *s.name)
		}
		names[*s.name] = true
		if err := s.conf.Validate(); err != nil {
			s.bad(bad, err)
		}
	}
	for i := range c.Alerts.PagerDuty {
		if n := len(c.Alerts.PagerDuty[i].HookSecret); n > 0 && n < leastHookSecret {
			bad(fmt.Sprintf("alerts.pagerduty[%d].hook_secret", i), "it is too short for a secret of PagerDuty, and could be guessed: copy the one that it shows when its webhook is made")
		}
	}
	for i := range c.Alerts.SMS {
		checkAnswers(fmt.Sprintf("alerts.sms[%d].answer_url", i), c.Alerts.SMS[i], bad)
	}
	for i := range c.Alerts.Voice {
		checkAnswers(fmt.Sprintf("alerts.voice[%d].answer_url", i), smsConfig(c.Alerts.Voice[i]), bad)
	}
}

// faultyKey is the key that a fault of the plan is about.
func faultyKey(err error) string {
	var f *roster.Fault
	if !errors.As(err, &f) {
		return "alerts"
	}
	return fmt.Sprintf("alerts.%s[%d].%s", f.Section, f.Number, f.Key)
}

// longFrom leaves room for what is wrong in a title.
const longFrom = 40

// leastHookSecret is the shortest secret, in bytes, that signatures are believed by.
const leastHookSecret = 16

// checkAnswers: at another address nobody takes them, and nobody would know.
func checkAnswers(key string, c smsConfig, bad faults) {
	if u, err := url.Parse(c.AnswerURL); c.AnswerURL != "" && (err != nil || u.Scheme != "https" || !strings.HasSuffix(u.Path, "/hooks/"+c.Name)) {
		bad(key, "answers would be lost: write the https address at which this desk is reached from outside, and /hooks/%s after it", c.Name)
	}
}

// pace is how often people are told.
func (c *config) pace() alert.Pace {
	return alert.Pace{Repeat: c.Alerts.Repeat.Duration, Forgotten: c.Alerts.Forgotten.Duration, Most: c.Alerts.Most}
}
