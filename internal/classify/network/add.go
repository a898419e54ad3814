package network

import "math"

// The plain forms of what vector instructions do, to the same bits.

func setGo(dst []int16, src []int8) {
	for i, x := range src {
		dst[i] = int16(x)
	}
}

func addGo(dst []int16, src []int8) {
	for i, x := range src {
		dst[i] += int16(x)
	}
}

func poolGo(best, rows []int16, filters, places int) {
	columns := filters * offsets
	for p := range places {
		at := 0
		for k, w := range Widths {
			for f := range filters {
				sum := int16(0)
				for o := range w {
					sum += rows[(p+o)*columns+(at+o)*filters+f]
				}
				best[k*filters+f] = max(best[k*filters+f], sum)
			}
			at += w
		}
	}
}

// block is how many columns are projected at a time.
const block = 32

// most is what a row's answer is cut to, so that a window's sum fits.
const most = 3000

func projectGo(u *untold, w []int16, scales []float32) {
	for c := range scales {
		at := c/block*block*len(u.vector) + c%block*2
		sum := int32(0)
		for i := 0; i < len(u.vector); i += 2 {
			sum += int32(u.vector[i])*int32(w[at]) + int32(u.vector[i+1])*int32(w[at+1])
			at += 2 * block
		}
		x := float32(float32(float32(sum)*scales[c]) * u.scale)
		u.answer[c] = int16(math.RoundToEven(float64(max(-most, min(most, x)))))
	}
}

func liftGo(h []float32, best []int16, scale, bias []float32) {
	for i, z := range best {
		h[i] = max(float32(float32(z)*scale[i])+bias[i], 0)
	}
}

func layerGo(a *[lanes]float32, h, w []float32) {
	var odd [lanes]float32
	for i, x := range h {
		to := a
		if i%2 == 1 {
			to = &odd
		}
		for o, y := range w[i*lanes : (i+1)*lanes] {
			to[o] += float32(x * y)
		}
	}
	for o, x := range odd {
		a[o] += x
	}
}
