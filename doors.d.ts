export declare const doors: Readonly<Record<string, readonly string[]>>;
export declare function roomOf(file: string): string;
