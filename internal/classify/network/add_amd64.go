package network

import "golang.org/x/sys/cpu"

var fast = cpu.X86.HasAVX2

//go:noescape
func setAVX2(dst *int16, src *int8, n int)

//go:noescape
func addAVX2(dst *int16, src *int8, n int)

//go:noescape
func poolAVX2(best, rows *int16, filters, columns, places int)

// set writes a row of the table; its length is a multiple of 32.
func set(dst []int16, src []int8) {
	if fast {
		setAVX2(&dst[0], &src[0], len(src))
		return
	}
	setGo(dst, src)
}

// add adds a row of the table.
func add(dst []int16, src []int8) {
	if fast {
		addAVX2(&dst[0], &src[0], len(src))
		return
	}
	addGo(dst, src)
}

// pool raises best (filters times widths) to the greatest answers at places;
// rows holds one for each place and four more.
func pool(best, rows []int16, filters, places int) {
	if fast {
		_ = rows[(places+extra)*filters*offsets-1]
		poolAVX2(&best[0], &rows[0], filters, filters*offsets, places)
		return
	}
	poolGo(best, rows, filters, places)
}

//go:noescape
func axpy4AVX2(n int, alpha *[4]float32, x *float32, stride int, y *float32)

// axpy4 adds to y four rows of x, one after the other, times alpha; the length
// of y, and of a row, is a multiple of 8.
func axpy4(alpha *[4]float32, x, y []float32) {
	if fast {
		_ = x[4*len(y)-1]
		axpy4AVX2(len(y), alpha, &x[0], len(y), &y[0])
		return
	}
	axpy4Go(alpha, x, y)
}
