/** The watchman's lantern, our mark. `isLit` is false where there is nothing to watch. */
export function Lantern({ size = 28, isLit = true }: { size?: number; isLit?: boolean }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" style={{ flex: "none" }}>
      {isLit && <circle cx="16" cy="18" r="13" fill="#f5a81a" opacity="0.16" />}
      <g
        fill="none"
        stroke="currentColor"
        strokeWidth="1.800"
        strokeLinecap="round"
        strokeLinejoin="round"
      >
        <path d="M12.500 6.500a3.500 3.500 0 0 1 7 0" />
        <path d="M10 10.500h12L20.400 7.500h-8.800z" fill="currentColor" />
        <path d="M11 10.500 9.800 24.500h12.400L21 10.500" />
        <path d="M8.500 27.500h15" />
      </g>
      {isLit && (
        <path
          fill="#f5a81a"
          d="M16 13.500c2.600 2.700 3.400 4.300 3.400 5.900a3.400 3.400 0 0 1-6.800 0c0-1.600.8-3.200 3.400-5.900z"
        />
      )}
    </svg>
  );
}
