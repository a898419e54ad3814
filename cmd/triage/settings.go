package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

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
		{Name: "posting.read_back", Default: c.Posting.ReadBack.text(), Parse: parsed(asDuration, checkReadBack),
			About: "how long after an unclear answer the platform is asked whether it happened"},
		{Name: "retention.unflagged", Default: c.Retention.Unflagged.text(), Parse: parsed(asDuration, checkKept),
			About: "how long the text of a comment without a case is kept after its verdict"},
		{Name: "retention.decided", Default: c.Retention.Decided.text(), Parse: parsed(asDuration, checkKept),
			About: "how long the texts of a case are kept after its decision"},
	}
}

// liveValues are the settings as the stages read them, whenever they need them.
type liveValues struct {
	rules     func() respond.Rules
	retention func() store.Retention
}

func liveOf(s *settings.Settings) (liveValues, error) {
	var errs []error
	span := func(name string) settings.Value[time.Duration] {
		v, err := settings.Of[time.Duration](s, name)
		errs = append(errs, err)
		return v
	}
	mode, err := settings.Of[string](s, "posting.mode")
	limit, capErr := settings.Of[int](s, "posting.daily_cap")
	undo, readBack := span("posting.undo"), span("posting.read_back")
	since := postingSince(s)
	unflagged, decided := span("retention.unflagged"), span("retention.decided")
	return liveValues{
		rules: func() respond.Rules {
			return respond.Rules{Shadow: mode.Get() == shadowMode, Since: *since.Load(), Window: undo.Get(), ReadBack: readBack.Get(), DailyCap: limit.Get()}
		},
		retention: func() store.Retention { return store.Retention{Unflagged: unflagged.Get(), Decided: decided.Get()} },
	}, errors.Join(append(errs, err, capErr)...)
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
kept with who changed what and when.`,
		Example: `  triage settings list --config /etc/triage/config.toml
  triage settings set posting.mode shadow --as dana --config /etc/triage/config.toml     nothing goes out any more
  triage settings reset posting.mode --as dana --config /etc/triage/config.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o.flags(cmd)
	cmd.AddCommand(settingsList(&o), settingsSet(&o), settingsReset(&o))
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
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n\t%s\n", s.Name, s.Value, whence(s), s.About)
					for _, h := range s.History {
						if history {
							_, _ = fmt.Fprintf(w, "\t%s %s: %s → %s\n", h.At.Local().Format(time.DateTime), h.By, h.From, h.To)
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
			return o.set(cmd, control.Change{Name: args[0], Value: args[1]})
		},
	}
}

func settingsReset(o *order) *cobra.Command {
	return &cobra.Command{
		Use: "reset NAME", Short: "Go back to what the configuration file says", Args: oneArg("NAME"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.set(cmd, control.Change{Name: args[0], Reset: true})
		},
	}
}

func (o *order) set(cmd *cobra.Command, change control.Change) error {
	return o.give(cmd, func(ctx context.Context, c *control.Client) error {
		var now control.Setting
		if err := c.Call(ctx, "POST", "/settings", change, &now); err != nil {
			return err
		}
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s = %s (%s)\n", now.Name, now.Value, whence(now))
		return err
	})
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
	return "set by " + s.Changed.By + ", " + s.Changed.At.Local().Format(time.DateTime)
}
