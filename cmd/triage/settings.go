package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/classify"
	"triage/internal/control"
	"triage/internal/respond"
	"triage/internal/settings"
	"triage/internal/store"
)

// live are the settings that may be changed while the service runs. The
// configuration file gives their defaults; the checks are the same for both.
func (c *config) live() []settings.Setting {
	return []settings.Setting{
		{Name: "posting.mode", Default: c.Posting.Mode, Parse: parsed(asText, checkMode),
			About: "shadow: decisions are recorded and nothing goes out; review: what a person approved goes out"},
		{Name: "posting.undo", Default: c.Posting.Undo.text(), Parse: parsed(asDuration, checkUndo),
			About: "how long an approved reply waits, where everybody can still stop it"},
		{Name: "posting.daily_cap", Default: fmt.Sprint(c.Posting.DailyCap), Parse: parsed(asNumber, checkCap),
			About: "actions an account may take in 24 hours"},
		{Name: "posting.thread_cap", Default: fmt.Sprint(c.Posting.ThreadCap), Parse: parsed(asNumber, checkThreadCap),
			About: "public replies that may go out under one post in 24 hours; 0: any number"},
		{Name: "posting.quiet", Default: c.Posting.Quiet, Parse: func(s string) (any, error) { return c.hours(s) },
			About: "hours in which routine replies wait, by the practice's clock, such as 22:00-07:00; what is urgent goes out at once"},
		{Name: "posting.read_back", Default: c.Posting.ReadBack.text(), Parse: parsed(asDuration, c.checkReadBack),
			About: "how long after an unclear answer the platform is asked whether it happened"},
		{Name: "posting.automatic", Default: listText(c.Posting.Automatic), Parse: func(s string) (any, error) { return asAutomatic(s) }, Widens: moreLanes,
			About: "lanes whose suggestions go out without a person, after the undo window and where nothing is doubtful: possible; clear"},
		{Name: "retention.unflagged", Default: c.Retention.Unflagged.text(), Parse: parsed(asDuration, checkKept),
			About: "how long the text of a comment without a case is kept after its verdict"},
		{Name: "retention.decided", Default: c.Retention.Decided.text(), Parse: parsed(asDuration, checkKept),
			About: "how long the texts of a case are kept after its decision"},
		{Name: "alerts.lanes", Default: listText(c.Alerts.Lanes), Parse: func(s string) (any, error) { return asLouder(s) },
			About: "lanes that call people more loudly than they do by themselves: LANE hourly|tells|pages; ..."},
		{Name: "classify.catch", Default: fmt.Sprint(c.Classify.Catch), Parse: parsed(asShare, checkCatch),
			About: "catch so many of 100 clear disclosures, such as 98, whatever false alarms that costs; 0: balanced"},
		{Name: "classify.sample", Default: fmt.Sprint(c.Classify.Sample), Parse: parsed(asNumber, checkSample),
			About: "unflagged comments a week that are picked at random for people to look at; from the next week on; 0: none"},
		{Name: "classify.terms", Default: listText(c.Classify.Terms), Parse: func(s string) (any, error) { return asTerms(s) },
			About: "the practice's own medical words: LANGUAGE KIND WORDS; ..."},
		{Name: "review.four_eyes", Default: fmt.Sprint(c.Review.FourEyes), Parse: parsed(asBool, anyBool), Eyes: true, Widens: switchedOff,
			About: "true: what goes out against the check, and more that goes out without a person, takes a second person; two or more must be there who may (privacy officers, admins)"},
		{Name: "classify.staff", Default: listText(c.Practice.Staff), Parse: parsed(asList, checkList),
			About: "names of clinicians and staff, which identify no patient: NAME; ... (replies may say those of the file only)"},
		{Name: "classify.own", Default: listText(slices.Concat(c.Practice.Phones, c.Practice.Domains)), Parse: parsed(asList, checkList),
			About: "the practice's further phone numbers, e-mail addresses and domains, which identify no patient: NUMBER; ..."},
	}
}

// moreLanes reports whether a lane goes out without a person that did not before.
func moreLanes(from, to any) bool {
	for lane := range to.(map[respond.Lane]bool) {
		if !from.(map[respond.Lane]bool)[lane] {
			return true
		}
	}
	return false
}

// switchedOff: four eyes cannot be the way around four eyes.
func switchedOff(from, to any) bool { return from.(bool) && !to.(bool) }

func asBool(s string) (bool, error) {
	is, err := strconv.ParseBool(s)
	if err != nil {
		return false, fmt.Errorf("%q says neither: write true or false", s)
	}
	return is, nil
}

func anyBool(bool) error { return nil }

// liveValues are the settings as the stages read them, whenever they need them.
type liveValues struct {
	rules      func() respond.Rules
	retention  func() store.Retention
	classifier func() classify.Options
}

func (c *config) liveOf(s *settings.Settings) (liveValues, error) {
	options, optionsErr := c.classifierOf(s)
	rules, rulesErr := rulesOf(s)
	unflagged, unflaggedErr := settings.Of[time.Duration](s, "retention.unflagged")
	decided, decidedErr := settings.Of[time.Duration](s, "retention.decided")
	return liveValues{
		rules:      rules,
		retention:  func() store.Retention { return store.Retention{Unflagged: unflagged.Get(), Decided: decided.Get()} },
		classifier: options,
	}, errors.Join(optionsErr, rulesErr, unflaggedErr, decidedErr)
}

// rulesOf are the rules for what goes out.
func rulesOf(s *settings.Settings) (func() respond.Rules, error) {
	mode, modeErr := settings.Of[string](s, "posting.mode")
	undo, undoErr := settings.Of[time.Duration](s, "posting.undo")
	readBack, readErr := settings.Of[time.Duration](s, "posting.read_back")
	daily, dailyErr := settings.Of[int](s, "posting.daily_cap")
	thread, threadErr := settings.Of[int](s, "posting.thread_cap")
	quiet, quietErr := settings.Of[respond.Hours](s, "posting.quiet")
	sample, sampleErr := settings.Of[int](s, "classify.sample")
	louder, louderErr := settings.Of[map[respond.Lane]respond.Loudness](s, "alerts.lanes")
	automatic, automaticErr := settings.Of[map[respond.Lane]bool](s, "posting.automatic")
	eyes, eyesErr := settings.Of[bool](s, "review.four_eyes")
	since := postingSince(s)
	return func() respond.Rules {
		return respond.Rules{
			Shadow: mode.Get() == shadowMode, Since: *since.Load(), Window: undo.Get(), ReadBack: readBack.Get(),
			DailyCap: daily.Get(), ThreadCap: thread.Get(), Quiet: quiet.Get(), Sample: sample.Get(), Louder: louder.Get(),
			Automatic: automatic.Get(), FourEyes: eyes.Get(),
		}
	}, errors.Join(modeErr, undoErr, readErr, dailyErr, threadErr, quietErr, sampleErr, louderErr, automaticErr, eyesErr)
}

// classifierOf is what the classifier is to be made with.
func (c *config) classifierOf(s *settings.Settings) (func() classify.Options, error) {
	catch, catchErr := settings.Of[float64](s, "classify.catch")
	terms, termsErr := settings.Of[[]classify.Term](s, "classify.terms")
	staff, staffErr := settings.Of[[]string](s, "classify.staff")
	own, ownErr := settings.Of[[]string](s, "classify.own")
	return func() classify.Options {
		p := c.Practice
		p.Phones, p.Domains = own.Get(), nil
		return classify.Options{Staff: staff.Get(), Own: p.Own(), Terms: terms.Get(), Catch: catch.Get()}
	}, errors.Join(catchErr, termsErr, staffErr, ownErr)
}

// postingSince keeps when posting was last switched on; zero: the configuration
// says so.
func postingSince(s *settings.Settings) *atomic.Pointer[time.Time] {
	since := &atomic.Pointer[time.Time]{}
	look := func(string) {
		var at time.Time
		edits, err := s.History("posting.mode")
		if err == nil && len(edits) > 0 && edits[0].From == shadowMode {
			at = edits[0].At
		}
		since.Store(&at)
	}
	s.OnChange(look)
	look("")
	return since
}

func settingsCommand() *cobra.Command {
	var o order
	cmd := &cobra.Command{
		Use:   "settings",
		Short: "See and change what may change while the service runs",
		Long: `What the configuration file says of these settings is their default; what is set
here goes before it, takes effect at once in every process of the practice, and is
kept with who changed what and when. Where the practice wants four eyes
(review.four_eyes), what lets more go out without a person, and switching four eyes off,
is proposed and in force once a second person confirms it.`,
		Example: `  triage settings list --config /etc/triage/config.toml
  triage settings set posting.mode shadow --as dana --config /etc/triage/config.toml     nothing goes out any more
  triage settings reset posting.mode --as dana --config /etc/triage/config.toml
  triage settings set posting.automatic possible --as dana        proposed, where four eyes are wanted
  triage settings confirm posting.automatic --as otto`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o.flags(cmd)
	cmd.AddCommand(settingsList(&o), settingsSet(&o), settingsReset(&o), settingsConfirm(&o), settingsWithdraw(&o))
	return cmd
}

func settingsList(o *order) *cobra.Command {
	var history bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the settings, their values and where they come from", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				var all []control.Setting
				if err := c.Call(ctx, "GET", "/settings", nil, &all); err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, s := range all {
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n\t%s\n", s.Name, cmp.Or(s.Value, "–"), whence(s), s.About)
					if s.Proposed != nil {
						_, _ = fmt.Fprintf(w, "\t%s\n", proposedNow(s))
					}
					for _, h := range s.History {
						if history {
							_, _ = fmt.Fprintf(w, "\t%s %s: %s → %s\n", h.At.Local().Format(time.DateTime), byTwo(h), h.From, h.To)
						}
					}
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().BoolVar(&history, "history", false, "also who changed what and when")
	return cmd
}

func settingsSet(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "set NAME VALUE", Short: "Change a setting, at once",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("%w: %s takes NAME VALUE", errUsage, cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.set(cmd, "/settings", control.Change{Name: args[0], Value: args[1]})
		},
	}
}

func settingsReset(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "reset NAME", Short: "Go back to what the configuration file says", Args: oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.set(cmd, "/settings", control.Change{Name: args[0], Reset: true})
		},
	}
}

func settingsConfirm(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "confirm NAME", Short: "Confirm, as the second person, what somebody proposed", Args: oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.set(cmd, "/settings/confirm", control.Change{Name: args[0]})
		},
	}
}

func settingsWithdraw(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "withdraw NAME", Short: "Take back what somebody proposed", Args: oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.set(cmd, "/settings/withdraw", control.Change{Name: args[0]})
		},
	}
}

func (o *order) set(cmd *cobra.Command, path string, change control.Change) error {
	return o.give(cmd, func(ctx context.Context, c *control.Client) error {
		var now control.Setting
		if err := c.Call(ctx, "POST", path, change, &now); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s = %s (%s)\n", now.Name, now.Value, whence(now))
		if err == nil && now.Proposed != nil {
			_, err = fmt.Fprintln(cmd.OutOrStdout(), proposedNow(now))
		}
		return err
	})
}

// proposedNow says what waits for a second person.
func proposedNow(s control.Setting) string {
	to := s.Proposed.Value
	if s.Proposed.FromFile {
		to = s.File + " (the configuration's)"
	}
	return fmt.Sprintf("proposed by %s, not in force: %s = %s; a second person confirms it: triage settings confirm %s --as NAME", s.Proposed.By, s.Name, to, s.Name)
}

// byTwo names who made a change.
func byTwo(h settings.Edit) string {
	if h.Second != "" {
		return h.By + " and " + h.Second
	}
	return h.By
}

// whence says where a setting's value comes from.
func whence(s control.Setting) string {
	switch {
	case s.Unknown:
		return "unknown to this version; stored: " + s.Stored
	case s.Refused != "":
		return "the configuration's, since the stored value is refused: " + s.Refused
	case s.FromFile:
		return "the configuration's"
	}
	return "set by " + byTwo(*s.Changed) + ", " + s.Changed.At.Local().Format(time.DateTime)
}
