// Triage watches the public comments a medical practice receives, notices when
// one of them reveals health information, and helps the practice move that
// conversation to a private place without a word in public that could harm.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(exitCode(err))
}

// run is the program: everything a process has is handed in, so that tests run
// it as a user does.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) error {
	root := rootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil && !errors.Is(err, errSaid) {
		_, _ = fmt.Fprintln(stderr, "triage:", err)
	}
	return err
}

// errUsage marks an error in how a command was called (exit code 2).
var errUsage = errors.New("wrong usage")

// errSaid marks a negative answer that the command has already printed.
var errSaid = errors.New("negative answer")

// exitCode maps an error to what scripts rely on: 0 done, 1 a negative answer
// or a failure, 2 wrong usage.
func exitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	default:
		return 1
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "triage",
		Short: "Move conversations about somebody's health out of public comments",
		Long: `triage watches the comments under a medical practice's public posts, flags those
that reveal health information, suggests a neutral reply that invites to a
private place, and publishes it once a person has approved it.`,
		Example: `  triage demo                              see it work, nothing to configure
  triage scan comments.csv                 classify an export
  triage run --config /etc/triage.toml     the service`,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("%w: there is no command %q; see triage --help", errUsage, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w: %v; see %s --help", errUsage, err, cmd.CommandPath())
	})
	root.AddCommand(demoCommand(), runCommand(), checkCommand(), versionCommand())
	root.AddCommand(connectCommand())
	root.AddCommand(userCommand(), settingsCommand(), auditCommand(), eraseCommand(), backfillCommand(), sweepCommand(), keyCommand(), backupCommand(), restoreCommand())
	root.AddCommand(gateCommand(), nudgeCommand())
	root.AddCommand(queueCommand(), reportCommand(), scanCommand())
	root.AddCommand(evalCommand(), trainCommand())
	root.AddCommand(sandboxCommand(), benchCommand())
	return root
}
