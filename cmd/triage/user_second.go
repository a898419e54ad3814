package main

import (
	"context"
	"fmt"
	"net/url"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"triage/internal/control"
	"triage/internal/people"
)

func userTOTP(o *order) *cobra.Command {
	off := false
	cmd := &cobra.Command{
		Use: "totp NAME", Short: "Give a person an app with codes as second step, or take it away",
		Long: `Prints what an authenticator app reads to show codes for a person, and ten recovery
codes that each work once: for an admin who sits beside her. They take the place of
those she had, and her sessions end. Usually people set this up themselves, on their
account's page.

--off is for one who lost her telephone: her app, passkeys and recovery codes are
gone, and what ties her to an account elsewhere. Where a second step is required she
sets up another one at her next sign-in.`,
		Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				var app control.App
				if err := c.Call(ctx, "POST", "/users/second", control.Second{Name: args[0], Off: off}, &app); err != nil || off {
					return err
				}
				out := cmd.OutOrStdout()
				_, err := fmt.Fprintf(out, "totp=%s\n", app.Address)
				for _, code := range app.Codes {
					_, err = fmt.Fprintf(out, "recovery=%s\n", code)
				}
				return err
			})
		},
	}
	cmd.Flags().BoolVar(&off, "off", false, "take app, passkeys and recovery codes away")
	return cmd
}

func userSessions(o *order) *cobra.Command {
	end := false
	cmd := &cobra.Command{
		Use: "sessions NAME", Short: "List where a person is signed in, or end all of it", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.give(cmd, func(ctx context.Context, c *control.Client) error {
				if end {
					var ended control.Ended
					err := c.Call(ctx, "POST", "/users/sessions", control.User{Name: args[0]}, &ended)
					if err == nil {
						_, err = fmt.Fprintf(cmd.OutOrStdout(), "ended=%d\n", ended.Sessions)
					}
					return err
				}
				var all []people.Session
				if err := c.Call(ctx, "GET", "/users/sessions?"+url.Values{"name": args}.Encode(), nil, &all); err != nil {
					return err
				}
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, s := range all {
					_, _ = fmt.Fprintf(w, "since %s\tused %s\t%s\t%s\t%s\n", s.Since.Local().Format(time.DateTime), s.Used.Local().Format(time.DateTime), s.Place, s.Browser, s.By)
				}
				return w.Flush()
			})
		},
	}
	cmd.Flags().BoolVar(&end, "end", false, "end them all")
	return cmd
}
