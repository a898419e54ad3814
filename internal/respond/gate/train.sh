#!/bin/sh
# Learns the gate's network anew, with the labelled replies beside the checkout:
# the same bytes every time on one kind of processor, in some minutes.
set -eu
cd "$(dirname "$0")"
go run ../../../cmd/triage train gate --vectors ../../classify/learn/vectors.bin --out model/gate.bin --name gate-1 \
	--written learn/written/en.jsonl --written learn/written/es.jsonl --written learn/written/fr.jsonl \
	../../../../shared/data/replies.train.jsonl
