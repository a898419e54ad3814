package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"triage/internal/bus"
	"triage/internal/people"
)

func userCommand() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "user",
		Short: "Say who may use the desk",
		Long: `Adds people, gives them new passwords, shuts them out. It opens the store itself,
so the service must be stopped meanwhile. A password is made, printed once, and
kept only as a hash.

Roles: viewer sees the queue; reviewer reveals and decides; privacy officer may
also leave online what the rules refuse; admin may do everything.`,
		Example: `  triage user add priya --role reviewer --config /etc/triage/config.toml
  triage user passwd admin --config /etc/triage/config.toml
  triage user list --config /etc/triage/config.toml`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.PersistentFlags().StringVar(&path, "config", "config.toml", "the configuration file")
	cmd.AddCommand(userAdd(&path), userPasswd(&path), userDisable(&path), userList(&path))
	return cmd
}

// withPeople opens the store of a service that is stopped, for one act.
func withPeople(cmd *cobra.Command, path string, act func(context.Context, *people.People) error) (err error) {
	cfg, err := loadConfig(path)
	if err != nil {
		return err
	}
	s := service{cfg: cfg, log: newLog("warn", zapcore.AddSync(cmd.ErrOrStderr()))}
	k, err := loadKeys(cfg.Data.KeyFile, s.storeDir())
	if err != nil {
		return err
	}
	b, err := bus.Start(cmd.Context(), bus.Options{Dir: s.storeDir(), Key: k.store, MaxStore: cfg.Data.MaxStore.bytes, Log: zap.NewNop()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	bucket, err := bus.NewBucket[people.User](cmd.Context(), b, "users")
	if err != nil {
		return err
	}
	return act(cmd.Context(), &people.People{Store: users{bucket}})
}

func userAdd(path *string) *cobra.Command {
	role := "reviewer"
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a person and print her first password", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, ok := people.ParseRole(role)
			if !ok {
				return fmt.Errorf("%w: --role %q: want viewer, reviewer, officer or admin", errUsage, role)
			}
			return withPeople(cmd, *path, func(ctx context.Context, p *people.People) error {
				password := people.NewPassword()
				if err := p.Add(ctx, args[0], r, password); err != nil {
					return err
				}
				return printLogin(cmd, args[0], password)
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", role, "viewer, reviewer, officer (privacy officer) or admin")
	return cmd
}

func userPasswd(path *string) *cobra.Command {
	return &cobra.Command{
		Use: "passwd NAME", Short: "Give a person a new password; her sessions end", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withPeople(cmd, *path, func(ctx context.Context, p *people.People) error {
				password := people.NewPassword()
				if err := p.SetPassword(ctx, args[0], password); err != nil {
					return err
				}
				return printLogin(cmd, args[0], password)
			})
		},
	}
}

func userDisable(path *string) *cobra.Command {
	back := false
	cmd := &cobra.Command{
		Use: "disable NAME", Short: "Shut a person out, at once", Args: oneName,
		RunE: func(cmd *cobra.Command, args []string) error {
			return withPeople(cmd, *path, func(ctx context.Context, p *people.People) error {
				return p.SetDisabled(ctx, args[0], !back)
			})
		},
	}
	cmd.Flags().BoolVar(&back, "undo", false, "let her in again")
	return cmd
}

func userList(path *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List who may use the desk", Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withPeople(cmd, *path, func(ctx context.Context, p *people.People) error {
				all, err := p.All(ctx)
				if err != nil {
					return err
				}
				slices.SortFunc(all, func(a, b people.User) int { return strings.Compare(a.Name, b.Name) })
				w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				for _, u := range all {
					state := ""
					if u.Disabled {
						state = "disabled"
					}
					_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", u.Name, u.Role, state)
				}
				return w.Flush()
			})
		},
	}
}

func printLogin(cmd *cobra.Command, name, password string) error {
	_, err := fmt.Fprintf(cmd.OutOrStdout(), "login=%s %s\n", name, password)
	return err
}

// oneName wants exactly one name.
func oneName(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("%w: %s takes one NAME", errUsage, cmd.CommandPath())
	}
	return nil
}
