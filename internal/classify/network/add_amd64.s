#include "textflag.h"

// func addAVX2(dst *int16, src *int8, n int)
TEXT ·addAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

add:
	VPMOVSXBW (SI), Y0
	VPMOVSXBW 16(SI), Y1
	VPADDW (DI), Y0, Y0
	VPADDW 32(DI), Y1, Y1
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	ADDQ $32, SI
	ADDQ $64, DI
	SUBQ $32, CX
	JNZ add
	VZEROUPPER
	RET

// func setAVX2(dst *int16, src *int8, n int)
TEXT ·setAVX2(SB), NOSPLIT, $0-24
	MOVQ dst+0(FP), DI
	MOVQ src+8(FP), SI
	MOVQ n+16(FP), CX

set:
	VPMOVSXBW (SI), Y0
	VPMOVSXBW 16(SI), Y1
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	ADDQ $32, SI
	ADDQ $64, DI
	SUBQ $32, CX
	JNZ set
	VZEROUPPER
	RET

// func sumAVX2(dst *int16, a, b *int8, n int)
TEXT ·sumAVX2(SB), NOSPLIT, $0-32
	MOVQ dst+0(FP), DI
	MOVQ a+8(FP), SI
	MOVQ b+16(FP), R8
	MOVQ n+24(FP), CX

sum:
	VPMOVSXBW (SI), Y0
	VPMOVSXBW 16(SI), Y1
	VPMOVSXBW (R8), Y2
	VPMOVSXBW 16(R8), Y3
	VPADDW Y2, Y0, Y0
	VPADDW Y3, Y1, Y1
	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	ADDQ $32, SI
	ADDQ $32, R8
	ADDQ $64, DI
	SUBQ $32, CX
	JNZ sum
	VZEROUPPER
	RET

// func poolAVX2(best, rows *int16, filters, columns, places int)
// For each of the four widths and thirty-two filters at a time, a line of the
// cache: over all places, the sum of the rows' answers at the offsets, and the
// greatest of the sums. Rows lie one after the other, with four of zeros after
// the last place.
TEXT ·poolAVX2(SB), NOSPLIT, $0-40
	MOVQ best+0(FP), DI
	MOVQ rows+8(FP), SI
	MOVQ filters+16(FP), R8
	SHLQ $1, R8              // bytes of one offset
	MOVQ columns+24(FP), R9
	SHLQ $1, R9              // bytes of one row
	MOVQ places+32(FP), R10
	LEAQ (R8)(R8*2), R12     // three offsets
	MOVQ R8, BX              // bytes of the filters that are left

block:
	// width 1 at offset 0; width 2 at 1, 2; width 3 at 3, 4, 5; width 5 at 6 to 10
	VMOVDQU (DI), Y0
	VMOVDQU 32(DI), Y1
	VMOVDQU (DI)(R8*1), Y2
	VMOVDQU 32(DI)(R8*1), Y3
	VMOVDQU (DI)(R8*2), Y4
	VMOVDQU 32(DI)(R8*2), Y5
	VMOVDQU (DI)(R12*1), Y6
	VMOVDQU 32(DI)(R12*1), Y7
	MOVQ SI, AX              // this row, these filters
	MOVQ R10, CX

place:
	VPMAXSW (AX), Y0, Y0
	VPMAXSW 32(AX), Y1, Y1
	LEAQ (AX)(R9*1), R14     // the next row
	VMOVDQU (AX)(R8*1), Y8
	VMOVDQU 32(AX)(R8*1), Y9
	VPADDW (R14)(R8*2), Y8, Y8
	VPADDW 32(R14)(R8*2), Y9, Y9
	VPMAXSW Y8, Y2, Y2
	VPMAXSW Y9, Y3, Y3
	LEAQ (AX)(R12*1), DX     // offset 3
	VMOVDQU (DX), Y10
	VMOVDQU 32(DX), Y11
	LEAQ (DX)(R9*1), R14
	VPADDW (R14)(R8*1), Y10, Y10
	VPADDW 32(R14)(R8*1), Y11, Y11
	ADDQ R9, R14
	VPADDW (R14)(R8*2), Y10, Y10
	VPADDW 32(R14)(R8*2), Y11, Y11
	VPMAXSW Y10, Y4, Y4
	VPMAXSW Y11, Y5, Y5
	ADDQ R12, DX             // offset 6
	VMOVDQU (DX), Y12
	VMOVDQU 32(DX), Y13
	LEAQ (DX)(R9*1), R14
	VPADDW (R14)(R8*1), Y12, Y12
	VPADDW 32(R14)(R8*1), Y13, Y13
	ADDQ R9, R14
	VPADDW (R14)(R8*2), Y12, Y12
	VPADDW 32(R14)(R8*2), Y13, Y13
	ADDQ R9, R14
	VPADDW (R14)(R12*1), Y12, Y12
	VPADDW 32(R14)(R12*1), Y13, Y13
	ADDQ R9, R14
	VPADDW (R14)(R8*4), Y12, Y12
	VPADDW 32(R14)(R8*4), Y13, Y13
	VPMAXSW Y12, Y6, Y6
	VPMAXSW Y13, Y7, Y7
	ADDQ R9, AX
	DECQ CX
	JNZ place

	VMOVDQU Y0, (DI)
	VMOVDQU Y1, 32(DI)
	VMOVDQU Y2, (DI)(R8*1)
	VMOVDQU Y3, 32(DI)(R8*1)
	VMOVDQU Y4, (DI)(R8*2)
	VMOVDQU Y5, 32(DI)(R8*2)
	VMOVDQU Y6, (DI)(R12*1)
	VMOVDQU Y7, 32(DI)(R12*1)
	ADDQ $64, DI
	ADDQ $64, SI
	SUBQ $64, BX
	JNZ block
	VZEROUPPER
	RET

DATA bounds<>+0(SB)/4, $3000.0
DATA bounds<>+4(SB)/4, $-3000.0
GLOBL bounds<>(SB), RODATA|NOPTR, $8

// SCALED turns thirty-two sums into whole steps of the scale in Y8, rounded and
// cut off, at dst.
#define SCALED(a, b, c, d, dst) \
	VBROADCASTSS bounds<>+0(SB), Y9 \
	VBROADCASTSS bounds<>+4(SB), Y10 \
	VCVTDQ2PS a, a \
	VCVTDQ2PS b, b \
	VCVTDQ2PS c, c \
	VCVTDQ2PS d, d \
	VMULPS (R11), a, a \
	VMULPS 32(R11), b, b \
	VMULPS 64(R11), c, c \
	VMULPS 96(R11), d, d \
	VMULPS Y8, a, a \
	VMULPS Y8, b, b \
	VMULPS Y8, c, c \
	VMULPS Y8, d, d \
	VMINPS Y9, a, a \
	VMINPS Y9, b, b \
	VMINPS Y9, c, c \
	VMINPS Y9, d, d \
	VMAXPS Y10, a, a \
	VMAXPS Y10, b, b \
	VMAXPS Y10, c, c \
	VMAXPS Y10, d, d \
	VCVTPS2DQ a, a \
	VCVTPS2DQ b, b \
	VCVTPS2DQ c, c \
	VCVTPS2DQ d, d \
	VPACKSSDW b, a, a \
	VPACKSSDW d, c, c \
	VPERMQ $0xD8, a, a \
	VPERMQ $0xD8, c, c \
	VMOVDQU a, (dst) \
	VMOVDQU c, 32(dst)

// BOTH multiplies eight columns by a pair of numbers of both vectors.
#define BOTH(at, one, two) \
	VMOVDQU at, Y10 \
	VPMADDWD Y10, Y8, Y11 \
	VPADDD Y11, one, one \
	VPMADDWD Y10, Y9, Y12 \
	VPADDD Y12, two, two

// func projectAVX2(one, two, w, v1, v2 *int16, pairs, blocks int, scales *float32, scale1, scale2 float32)
// Thirty-two columns at a time, in four sums of eight for each vector: w comes
// from far, so that two vectors take hardly longer than one.
TEXT ·projectAVX2(SB), NOSPLIT, $0-72
	MOVQ one+0(FP), DI
	MOVQ two+8(FP), R12
	MOVQ w+16(FP), SI
	MOVQ v1+24(FP), R8
	MOVQ v2+32(FP), R13
	MOVQ pairs+40(FP), R9
	MOVQ blocks+48(FP), R10
	MOVQ scales+56(FP), R11

columns:
	VPXOR Y0, Y0, Y0
	VPXOR Y1, Y1, Y1
	VPXOR Y2, Y2, Y2
	VPXOR Y3, Y3, Y3
	VPXOR Y4, Y4, Y4
	VPXOR Y5, Y5, Y5
	VPXOR Y6, Y6, Y6
	VPXOR Y7, Y7, Y7
	XORQ AX, AX

pair:
	VPBROADCASTD (R8)(AX*4), Y8
	VPBROADCASTD (R13)(AX*4), Y9
	BOTH((SI), Y0, Y4)
	BOTH(32(SI), Y1, Y5)
	BOTH(64(SI), Y2, Y6)
	BOTH(96(SI), Y3, Y7)
	ADDQ $128, SI
	INCQ AX
	CMPQ AX, R9
	JLT pair

	VBROADCASTSS scale1+64(FP), Y8
	SCALED(Y0, Y1, Y2, Y3, DI)
	VBROADCASTSS scale2+68(FP), Y8
	SCALED(Y4, Y5, Y6, Y7, R12)
	ADDQ $64, DI
	ADDQ $64, R12
	ADDQ $128, R11
	DECQ R10
	JNZ columns
	VZEROUPPER
	RET

// func layerAVX2(a, h, w *float32, n int)
// Even and odd places are summed apart, so that one need not wait for the other.
TEXT ·layerAVX2(SB), NOSPLIT, $0-32
	MOVQ a+0(FP), DI
	MOVQ h+8(FP), AX
	MOVQ w+16(FP), SI
	MOVQ n+24(FP), CX
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VXORPS Y3, Y3, Y3
	VXORPS Y4, Y4, Y4
	VXORPS Y5, Y5, Y5

two:
	VBROADCASTSS (AX), Y6
	VMULPS (SI), Y6, Y7
	VADDPS Y7, Y0, Y0
	VMULPS 32(SI), Y6, Y8
	VADDPS Y8, Y1, Y1
	VMULPS 64(SI), Y6, Y9
	VADDPS Y9, Y2, Y2
	VBROADCASTSS 4(AX), Y10
	VMULPS 96(SI), Y10, Y11
	VADDPS Y11, Y3, Y3
	VMULPS 128(SI), Y10, Y12
	VADDPS Y12, Y4, Y4
	VMULPS 160(SI), Y10, Y13
	VADDPS Y13, Y5, Y5
	ADDQ $8, AX
	ADDQ $192, SI
	SUBQ $2, CX
	JNZ two
	VADDPS Y3, Y0, Y0
	VADDPS Y4, Y1, Y1
	VADDPS Y5, Y2, Y2
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VZEROUPPER
	RET

// func liftAVX2(h *float32, best *int16, scale, bias *float32, n int)
TEXT ·liftAVX2(SB), NOSPLIT, $0-40
	MOVQ h+0(FP), DI
	MOVQ best+8(FP), SI
	MOVQ scale+16(FP), R8
	MOVQ bias+24(FP), R9
	MOVQ n+32(FP), CX
	VXORPS Y2, Y2, Y2

lift:
	VPMOVSXWD (SI), Y0
	VCVTDQ2PS Y0, Y0
	VMULPS (R8), Y0, Y0
	VADDPS (R9), Y0, Y0
	VMAXPS Y2, Y0, Y0
	VMOVUPS Y0, (DI)
	ADDQ $16, SI
	ADDQ $32, R8
	ADDQ $32, R9
	ADDQ $32, DI
	SUBQ $8, CX
	JNZ lift
	VZEROUPPER
	RET

// func prefetchLines(p *int8, n int)
TEXT ·prefetchLines(SB), NOSPLIT, $0-16
	MOVQ p+0(FP), SI
	MOVQ n+8(FP), CX

line:
	PREFETCHT0 (SI)
	ADDQ $64, SI
	SUBQ $64, CX
	JGT line
	RET
