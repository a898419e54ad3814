package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"triage/deploy/wordpress"
	"triage/internal/nudge"
)

func nudgeCommand() *cobra.Command {
	n := &nudging{}
	cmd := &cobra.Command{
		Use:   "nudge [--config FILE | --private URL --phone NUMBER] [--name NAME] [--out DIR]",
		Short: "Write the script that asks before medical detail is published",
		Long: `nudge writes two files for the practice's own site: nudge.js, a script for any
comment form, and triage-nudge.zip, the same as a WordPress plugin, which can be
uploaded under Plugins, Add New. When a visitor sends a comment that looks like
medical detail, the form waits once and offers the practice's private form instead.

The script works in the visitor's browser alone: it needs no other file, sends
nothing, and keeps nothing. What is filled in is public.

With --config the number, the name, and the portal or else the booking address come
from the configuration; the other flags go before it.`,
		Example: `  triage nudge --config /etc/triage.toml --out site
  triage nudge --private https://cedar.example/private --phone "(503) 555-0142"
  triage nudge --private /private/ --name "Cedar Family Practice"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return n.run(cmd) },
	}
	cmd.Flags().StringVar(&n.config, "config", "", "take the practice from this configuration file")
	cmd.Flags().StringVar(&n.given.Private, "private", "", "the private form: an https address, or a path on the same site such as /private/")
	cmd.Flags().StringVar(&n.given.Phone, "phone", "", "the number to call instead")
	cmd.Flags().StringVar(&n.given.Name, "name", "", "the practice's public name")
	cmd.Flags().StringVar(&n.out, "out", ".", "the directory to write into; it is made if it is not there")
	return cmd
}

// nudging is one run of the command.
type nudging struct {
	config, out string
	given       nudge.Practice
}

func (n *nudging) run(cmd *cobra.Command) error {
	p, err := n.practice()
	if err != nil {
		return err
	}
	if err := p.Validate(); err != nil {
		return fmt.Errorf("%w: %v; see triage nudge --help", errUsage, err)
	}
	list := nudge.Shipped()
	script, err := nudge.Script(p, list)
	if err != nil {
		return err
	}
	var plugin bytes.Buffer
	if err := nudge.Plugin(&plugin, wordpress.Plugin, p, list); err != nil {
		return err
	}
	if err := os.MkdirAll(n.out, 0o755); err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	w := cmd.OutOrStdout()
	for _, f := range []struct {
		name, use string
		content   []byte
	}{
		{"triage-nudge.zip", "for WordPress: Plugins, Add New, Upload Plugin, then activate", plugin.Bytes()},
		{"nudge.js", `for any other site: <script src="/nudge.js" data-triage-nudge defer></script>`, script},
	} {
		to := filepath.Join(n.out, f.name)
		if err := os.WriteFile(to, f.content, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
		if _, err := fmt.Fprintf(w, "%s (%d KB)\n  %s\n", to, (len(f.content)+1023)/1024, f.use); err != nil {
			return err
		}
	}
	return nil
}

// practice is what the flags say, or else the configuration.
func (n *nudging) practice() (nudge.Practice, error) {
	p := n.given
	if n.config == "" {
		return p, nil
	}
	c, err := loadForOrder(n.config)
	if err != nil {
		return p, err
	}
	for _, v := range []struct {
		to   *string
		from string
	}{
		{&p.Private, c.Practice.Portal}, {&p.Private, c.Practice.Booking}, {&p.Phone, c.Practice.Phone}, {&p.Name, c.Practice.Name},
	} {
		if *v.to == "" {
			*v.to = v.from
		}
	}
	return p, nil
}
