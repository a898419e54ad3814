package mail

import (
	"testing"

	"triage/internal/alert/channel/conform"
)

func TestConform(t *testing.T) {
	conform.Run(t, emailRow)
}
