package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"triage/internal/control"
)

// order is a command to the service: given through its socket while it runs,
// else to the store itself, opened for the occasion.
type order struct{ config, as string }

// flags adds what every order has.
func (o *order) flags(cmd *cobra.Command) {
	cmd.PersistentFlags().StringVar(&o.config, "config", "config.toml", "the configuration file")
	cmd.PersistentFlags().StringVar(&o.as, "as", "", "the user as whom to act; without it the operator, who may less")
}

// give lets f give commands.
func (o *order) give(cmd *cobra.Command, f func(context.Context, *control.Client) error) (err error) {
	cfg, err := loadForOrder(o.config)
	if err != nil {
		return err
	}
	s := &service{cfg: cfg, log: zap.NewNop()}
	if client, ok := control.Dial(s.socket()); ok {
		return f(cmd.Context(), &control.Client{HTTP: client, As: o.as})
	}
	handler, end, err := s.answerAlone(cmd.Context())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	client, close := control.Local(handler)
	defer close()
	return f(cmd.Context(), &control.Client{HTTP: client, As: o.as})
}

func (s *service) socket() string { return filepath.Join(s.cfg.Data.Dir, "triage.sock") }
